package io.github.bitlift.backend;

import java.util.List;

import io.github.bitlift.prox.ProxMap;

/**
 * A prox map, or what is built from it, on all rows of a matrix. The output may be an operand, element for element; one
 * that overlaps an operand otherwise is refused.
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

    /** Checks shapes. */
    public Elementwise {
        map.requireWidth(v.columns());
        out.require("output", v.rows(), v.columns());
        requireApartOrSame(v, out);
        new Places("element-wise operation").write("output", out).read("threshold", LearnedThreshold.of(map));
        if (kind == Kind.RESIDUAL || kind == Kind.PULLBACK) {
            w.require("second operand", v.rows(), v.columns());
            requireApartOrSame(w, out);
        }
    }

    private static void requireApartOrSame(Matrix operand, Matrix out) {
        if (out.overlaps(operand) && out.offset() != operand.offset()) {
            throw new IllegalArgumentException("element-wise operation: output " + out.shape() + " at " + out.offset()
                    + " overlaps an operand at " + operand.offset() + ", expected the same place or another");
        }
    }

    @Override
    public void on(Kernels kernels) {
        kernels.elementwise(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of(out);
    }
}
