package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;

/** What happens to each element c of a product's sum; every written operation is one rounding. */
public sealed interface Epilogue {

    /** Checks the operands against the output's shape. */
    void check(int rows, int columns);

    /** {@code out = factor·c}; with factor 1 the sum itself. */
    record Scale(float factor) implements Epilogue {
        @Override
        public void check(int rows, int columns) {
            // Any shape will do.
        }
    }

    /**
     * {@code v = c + b; out = σ(v)}.
     *
     * @param bias {@code [1, n]}
     * @param sigma σ
     * @param preactivation where v is kept {@code [m, n]}, or null
     */
    record Activate(Matrix bias, ProxMap sigma, Matrix preactivation) implements Epilogue {
        @Override
        public void check(int rows, int columns) {
            bias.require("bias", 1, columns);
            sigma.requireWidth(columns);
            if (preactivation != null) {
                preactivation.require("pre-activation", rows, columns);
            }
        }
    }

    /**
     * {@code v = c + b; out = μ(σ(v) − u)}, the gradient of μ·B_Ψ(u, v) in v, and optionally
     * {@code pull = μ(u − v)} (the gradient in u of the smooth part μ(½‖u‖² − ⟨u, v⟩)) or, where
     * ½‖u‖² belongs to the proximal part, {@code pull = −(μ v)}.
     *
     * @param bias {@code [1, n]}
     * @param sigma σ
     * @param target u {@code [m, n]}
     * @param mu μ, the weight of the penalty
     * @param preactivation where v is kept, or null
     * @param pull where the gradient in u goes, or null
     * @param smoothRidge whether ½‖u‖² is in the smooth part
     */
    record Residual(
            Matrix bias, ProxMap sigma, Matrix target, float mu, Matrix preactivation, Matrix pull, boolean smoothRidge)
            implements Epilogue {
        @Override
        public void check(int rows, int columns) {
            bias.require("bias", 1, columns);
            sigma.requireWidth(columns);
            target.require("target", rows, columns);
            if (preactivation != null) {
                preactivation.require("pre-activation", rows, columns);
            }
            if (pull != null) {
                pull.require("pull", rows, columns);
            }
        }
    }

    /**
     * {@code out = a + c}; the addend may be the output itself, and is only read if it isn't.
     *
     * @param addend a {@code [m, n]}
     */
    record Add(Matrix addend) implements Epilogue {
        @Override
        public void check(int rows, int columns) {
            addend.require("addend", rows, columns);
        }
    }

    /**
     * {@code out = σ'(v)ᵀ c}: one step of back-propagation.
     *
     * @param sigma σ
     * @param preactivation v {@code [m, n]}
     */
    record Pullback(ProxMap sigma, Matrix preactivation) implements Epilogue {
        @Override
        public void check(int rows, int columns) {
            sigma.requireWidth(columns);
            preactivation.require("pre-activation", rows, columns);
        }
    }
}
