package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * Iterations of the primal-dual hybrid gradient method for total variation, every image of a batch by itself:
 * {@code min_x G(x) + ρ TV(x) = min_x max_{|z| ≤ 1} G(x) + ρ⟨∇x, z⟩} (framework paper §7.3, eqs. 25a and 25b).
 *
 * <p>Images have H rows and W columns, pixel (i, j) is element {@code i·W + j} of its row; z holds the plane z₁ (differences
 * down) and behind it z₂ (differences to the right). z₁ in the last row and z₂ in the last column must be 0 at the start, and
 * stay so. A neighbour outside the image counts as +0 in ∇ᵀ. One iteration, every line written binary32, one rounding for each
 * operation:
 *
 * <pre>
 * p  = (z₁[i−1, j] − z₁[i, j]) + (z₂[i, j−1] − z₂[i, j])                        ∇ᵀz
 * x⁺ = fma(τ, fma(−ρ, p, f), x)·(1/(1 + τ))                                     {@link Denoise}: G = ½‖x − f‖²
 * x⁺ = fma(−τ, fma(ρ, p, g), x)                                                {@link Explicit}, {@link Penalty}: g = ∇G(x)
 * θ  = 1, or with {@link Rule#ACCELERATED} 1/√fma(2, τ, 1) if θτ ≥ 2⁻⁵ with that;  τ ← θτ, σ ← σ/θ
 * x̄  = fma(θ, x⁺ − x, x⁺)
 * e₁ = x̄[i+1, j] − x̄[i, j], +0 in the last row;  e₂ = x̄[i, j+1] − x̄[i, j], +0 in the last column
 * q  = fma(σρ, e, z)                                                           σρ one product
 * z⁺ = q·(1/√m) if m = fma(q₂, q₂, q₁·q₁) &gt; 1, else q                           isotropic
 * z⁺ = 1 if q &gt; 1, −1 if q &lt; −1, else q                                        anisotropic
 * </pre>
 *
 * <p>The image's counter then grows by 1. Where it has become a multiple of {@code checkEvery}, these are taken in binary64
 * from binary32 operands, and summed over the pixels by rule 3, all but the first two for {@link Denoise} alone:
 *
 * <pre>
 * change of x   (x⁺ − x)²                      change of z   (z₁⁺ − z₁)² + (z₂⁺ − z₂)²
 * r = x⁺ − (f − ρ·p⁺), p⁺ as p above of z⁺     d = differences of x⁺, as e above of x̄
 * duality gap   ½·(r·r) + ρ·(n − (d₁·z₁⁺ + d₂·z₂⁺)), n = √(d₁·d₁ + d₂·d₂), anisotropic |d₁| + |d₂|
 * primal        r·r
 * dual          a₁·a₁ + a₂·a₂, a = (z − z⁺)/σ − ρ·(d − e), e of x̄ above, taken in binary64
 * </pre>
 *
 * <p>With ‖·‖ the root of a sum, the image stops, in this order of precedence: {@link Stop#DIVERGED} if one of the changes is
 * NaN or infinite, {@link Stop#GAP} if gap ≤ gapTolerance, {@link Stop#CHANGE} if both changes ≤ changeTolerance. Otherwise
 * {@link Rule#ADAPTIVE} balances the residuals, with P = ‖primal‖, D = ‖dual‖/ρ in binary64, and in binary32 u = 1 − α: if P &gt;
 * 1.5·D, τ ← τ/u, σ ← σ·u, α ← 0.95·α; if 1.5·P &lt; D, τ ← τ·u, σ ← σ/u, α ← 0.95·α (Goldstein, Li and Yuan, <i>Adaptive
 * primal-dual splitting methods</i>, 2015; σρ² in place of σ, so that ρ's scale doesn't matter).
 *
 * <p>Acceleration ends at {@link #LEAST_TAU}, for binary32 does. x⁺ goes τ/(1 + τ) of the way from x to f − ρp, and its four
 * roundings (sum, quotient, fma, product) move it by up to 2⁻²²|x|: x may stand still anywhere within 2⁻²²(1 + 1/τ)|x| of f − ρp.
 * There it is the minimiser for an f that is wrong by as much, so no farther than that from the minimiser itself: 7.9·10⁻⁶|x| for
 * τ = 2⁻⁵, but |x| for τ = 2⁻²². The rate of accelerated steps is lost with errors that don't decay (Rasch and Chambolle,
 * <i>Inexact first-order primal-dual algorithms</i>, 2020); the steps that then stay converge, with the same τσ.
 *
 * <p>An image that has stopped isn't touched again. So its bits don't depend on the batch, and a program that is replayed more
 * often than it needs does no harm.
 *
 * @param height H
 * @param width W
 * @param isotropic whether TV is {@code Σ √(e₁² + e₂²)}; {@code Σ |e₁| + |e₂|} otherwise
 * @param data G
 * @param weight ρ, finite, at least 0
 * @param x the images {@code [n, H·W]}, start and result
 * @param z the dual variables {@code [n, 2·H·W]}, start and result
 * @param state {@code [n, 8]}, see {@link State}
 * @param rule how the steps change
 * @param checkEvery the number of iterations from check to check, at least 1
 * @param gapTolerance see above; negative infinity for none
 * @param changeTolerance see above; negative infinity for none
 * @param iterations at least 0; with {@link Explicit} at most 1, as that g belongs to one x
 */
public record TvPdhg(
        int height,
        int width,
        boolean isotropic,
        Data data,
        float weight,
        Matrix x,
        Matrix z,
        Matrix state,
        Rule rule,
        int checkEvery,
        double gapTolerance,
        double changeTolerance,
        int iterations)
        implements Operation {

    /** {@link Rule#ACCELERATED} takes τ no lower: the least power of 2 that keeps x to 10⁻⁵ of its magnitude. */
    public static final float LEAST_TAU = 0x1p-5f;
    /** A residual is out of balance beyond this factor. */
    public static final double IMBALANCE = 1.5;
    /** By what {@link Rule#ADAPTIVE} shrinks α. */
    public static final float DECAY = 0.95f;

    /** What pulls x towards the data. */
    public sealed interface Data permits Denoise, Explicit, Penalty {
    }

    /**
     * {@code G(x) = ½‖x − f‖²}, by its prox map.
     *
     * @param f {@code [n, H·W]}
     */
    public record Denoise(Matrix f) implements Data {
    }

    /**
     * Any smooth G, by an explicit step.
     *
     * @param gradient ∇G at x, {@code [n, H·W]}
     */
    public record Explicit(Matrix gradient) implements Data {
    }

    /**
     * {@code G(x) = B_Ψ(u, K x + b)}, K a convolution: the penalty of a first layer, by explicit steps with {@code g = K*(σ(K x + b)
     * − u)}. Each iteration takes g anew, with the bits of {@link #gradient}.
     *
     * @param grid how the patches of K lie on an image, which has H·W numbers
     * @param weights of K, {@code [c', patchSize]}
     * @param bias b {@code [1, c']}
     * @param sigma σ, a map of single numbers
     * @param target u {@code [n, patches·c']}
     */
    public record Penalty(PatchGrid grid, Matrix weights, Matrix bias, ProxMap sigma, Matrix target) implements Data {

        /**
         * How g comes about: {@code r = σ(K x + b) − u}, a product with {@link Convolved.Forward} and {@link Epilogue.Residual},
         * then {@code g = K* r}, one with {@link Convolved.Adjoint}.
         *
         * @param x {@code [n, H·W]}
         * @param residual where r goes, {@code [n, patches·c']}
         * @param gradient where g goes, {@code [n, H·W]}
         */
        public List<Product> gradient(Matrix x, Matrix residual, Matrix gradient) {
            return List.of(
                    Product.of(new Product.Row(residual, List.of(new Convolved.Forward(x, grid, weights)),
                            new Epilogue.Residual(bias, sigma, target, 1f, null, null, false))),
                    Product.of(new Product.Row(gradient, List.of(new Convolved.Adjoint(residual, grid, weights)),
                            new Epilogue.Scale(1f))));
        }

        private void check(int images, int pixels) {
            if (grid.imageSize() != pixels) {
                throw new IllegalArgumentException("TV: a layer for " + grid.text() + ", expected images of " + pixels + " numbers");
            }
            weights.require("TV: weights", weights.rows(), grid.patchSize());
            bias.require("TV: bias", 1, weights.rows());
            if (sigma.coupling() != 1) {
                throw new IllegalArgumentException(
                        "TV: " + sigma.stem() + " couples the numbers of a row; expected a map of single numbers");
            }
            target.require("TV: target", images, Math.multiplyExact(grid.patches(), weights.rows()));
        }
    }

    /** How step sizes go on. */
    public enum Rule {
        /** They stay. */
        FIXED,
        /**
         * As G = ½‖x − f‖² is strongly convex, a squared error of order 1/k² (Chambolle and Pock 2011, Algorithm 2) until τ is
         * about {@link #LEAST_TAU}, so for k up to 32; then they stay.
         */
        ACCELERATED,
        /** They balance the primal and the dual residual. */
        ADAPTIVE
    }

    /** Why an image stopped, as its state says it. */
    public enum Stop {
        /** It hasn't. */
        NONE,
        /** The duality gap is small enough. */
        GAP,
        /** x and z hardly change any more. */
        CHANGE,
        /** There are numbers no longer finite. */
        DIVERGED
    }

    /** The columns of {@link TvPdhg#state}. */
    public enum State {
        /** τ. */
        TAU,
        /** σ. */
        SIGMA,
        /** α, by which {@link Rule#ADAPTIVE} changes them: 0 &lt; α &lt; 1. */
        ALPHA,
        /** The number of iterations so far; exact up to 2²⁴. */
        ITERATIONS,
        /** The ordinal of a {@link Stop}. */
        STOP,
        /** The duality gap at the last check, rounded to binary32. */
        GAP,
        /** ‖x⁺ − x‖ at the last check, rounded to binary32. */
        CHANGE_X,
        /** ‖z⁺ − z‖ at the last check, rounded to binary32. */
        CHANGE_Z
    }

    /** Columns of the state. */
    public static final int STATE = State.values().length;

    /** Checks shapes and numbers, and that nothing overlaps. */
    public TvPdhg {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("TV: images of " + height + " x " + width + ", expected at least 1 x 1");
        }
        int pixels = Math.multiplyExact(height, width);
        x.require("TV: x", x.rows(), pixels);
        z.require("TV: z", x.rows(), Math.multiplyExact(2, pixels));
        state.require("TV: state", x.rows(), STATE);
        if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("TV: weight " + weight + ", expected a number of at least 0");
        }
        if (checkEvery < 1 || iterations < 0 || iterations > 1 && data instanceof Explicit) {
            throw new IllegalArgumentException("TV: " + iterations + " iterations, a check every " + checkEvery
                    + "; expected at least 0 (explicit steps: at most 1) and at least 1");
        }
        if (!(data instanceof Denoise) && rule != Rule.FIXED) {
            throw new IllegalArgumentException("TV: explicit steps are FIXED, got " + rule);
        }
        Places places = new Places("TV").write("x", x).write("z", z).write("state", state);
        if (data instanceof Penalty penalty) {
            penalty.check(x.rows(), pixels);
            places.read("weights", penalty.weights).read("bias", penalty.bias).read("target", penalty.target)
                    .read("threshold", LearnedThreshold.of(penalty.sigma));
        } else {
            Matrix constant = constant(data);
            constant.require(data instanceof Denoise ? "TV: f" : "TV: gradient", x.rows(), pixels);
            places.read("data", constant);
        }
    }

    private static Matrix constant(Data data) {
        return data instanceof Denoise denoise ? denoise.f() : data instanceof Explicit explicit ? explicit.gradient() : null;
    }

    /** H·W. */
    public int pixels() {
        return height * width;
    }

    /** f, or the gradient; null with {@link Penalty}, whose gradient follows x. */
    public Matrix constant() {
        return constant(data);
    }

    /** One iteration of this with ∇G at x at hand. */
    TvPdhg step(Matrix gradient) {
        return new TvPdhg(height, width, isotropic, new Explicit(gradient), weight, x, z, state, rule, checkEvery, gapTolerance,
                changeTolerance, 1);
    }

    @Override
    public void on(Kernels kernels) {
        kernels.tvPdhg(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of(x, z, state);
    }
}
