package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;

/**
 * A prox map, or what is built from it, on all rows of a matrix. The output may be v, w or both; else it must not overlap them.
 *
 * @param kind which
 * @param map σ
 * @param weight τ for {@link Kind#SCALED_PROX}, μ for {@link Kind#RESIDUAL}, else ignored
 * @param v {@code [m, n]}
 * @param w u for {@link Kind#RESIDUAL}, the cotangent for {@link Kind#PULLBACK}, else null
 * @param out {@code [m, n]}
 */
public record Elementwise(Kind kind, ProxMap map, float weight, Matrix v, Matrix w, Matrix out) implements Operation {

    /** What is computed. */
    public enum Kind {
        /** {@code out = σ(v)}. */
        ACTIVATE,
        /** {@code out = prox_{τΨ}(v)}. */
        SCALED_PROX,
        /** {@code out = μ(σ(v) − u)}: one subtraction, one multiplication. */
        RESIDUAL,
        /** {@code out = σ'(v)ᵀ w}. */
        PULLBACK
    }

    /** Checks shapes, and that the output is an input or apart from it. */
    public Elementwise {
        map.requireWidth(v.columns());
        out.require("output", v.rows(), v.columns());
        if (kind == Kind.RESIDUAL || kind == Kind.PULLBACK) {
            w.require("second operand", v.rows(), v.columns());
            requireSameOrApart(w, out);
        }
        requireSameOrApart(v, out);
    }

    private static void requireSameOrApart(Matrix in, Matrix out) {
        if (!in.equals(out)) {
            new Places("elementwise").write("output", out).read("operand", in);
        }
    }

    @Override
    public void on(Kernels kernels) {
        kernels.elementwise(this);
    }
}
