package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * Optimiser steps for several blocks in one launch (framework paper §5.2, eqs. 23–24).
 *
 * <p>For each element, with τ, s, i read from the coefficients when the step runs:
 *
 * <pre>
 * g  ← fma(w, x − x₀, g)                                  only with an anchor (x₀, w)
 * gradient    y = fma(−τ, g, x)
 * heavy-ball  m ← fma(β, m, β̄·g);  y = fma(−τ, m, x)
 * Nesterov    m ← fma(β, m, β̄·g);  y = fma(−τ, fma(β, m, β̄·g), x)
 * Adam        m ← fma(β₁, m, β̄₁·g);  q ← fma(β₂, q, β̄₂·(g·g));
 *             y = x − (s·m) / (√(q·i) + ε)
 * </pre>
 *
 * then {@code x ← y}, or with a proximal part of weight μ and t = τ·μ: {@code x ← prox_{tΨ}(y)}, or,
 * where ½‖x‖² belongs to the proximal part, {@code x ← prox_{(t/(1+t))Ψ}(y / (1 + t))} (JMLR paper, eq.
 * 17b). The gradient buffer itself is left as it was.
 *
 * <p>Nothing that a step writes (x, m, q) may overlap anything else that any of the steps reads or writes.
 *
 * <p>Momentum averages gradients, β̄ = 1 − β: at rest m is the gradient itself, so that gradient and prox map take steps of
 * the same size and the limit is a minimiser of the sum. (With m ← βm + g, the common form without a prox map, it would
 * minimise the smooth part plus 1 − β times the other.) The common form's learning rate is this one's times 1 − β.
 *
 * @param steps the blocks
 */
public record Update(List<Step> steps) implements Operation {

    /**
     * A copy of the list is kept.
     *
     * @throws IllegalArgumentException if a step has no gradient, or reads or writes what another writes
     */
    public Update {
        steps = List.copyOf(steps);
        Places places = new Places("update");
        for (Step step : steps) {
            if (step.gradient == null) {
                throw new IllegalArgumentException("update: a step of x " + step.x.shape()
                        + " has no gradient, which only a step behind a product's row can do without");
            }
            step.write(places);
        }
        steps.forEach(step -> step.readBesideGradient(places.read("gradient", step.gradient)));
    }

    @Override
    public void on(Kernels kernels) {
        kernels.update(this);
    }

    @Override
    public List<Matrix> results() {
        return steps.stream().flatMap(step -> step.results().stream()).toList();
    }

    /** How a gradient becomes a step. */
    public sealed interface Rule permits Gradient, HeavyBall, Nesterov, Adam {}

    /** Plain (proximal) gradient descent. */
    public record Gradient() implements Rule {}

    /** Polyak's heavy ball, momentum β. */
    public record HeavyBall(float momentum, float complement) implements Rule {
        /** From β in binary64. */
        public static HeavyBall of(double momentum) {
            return new HeavyBall((float) momentum, (float) (1 - momentum));
        }
    }

    /** Nesterov's momentum β in the form that keeps the look-ahead point as the iterate. */
    public record Nesterov(float momentum, float complement) implements Rule {
        /** From β in binary64. */
        public static Nesterov of(double momentum) {
            return new Nesterov((float) momentum, (float) (1 - momentum));
        }
    }

    /**
     * Adam.
     *
     * @param beta1 β₁, decay of the first moment
     * @param beta2 β₂, decay of the second moment
     * @param complement1 β̄₁ = 1 − β₁, rounded once
     * @param complement2 β̄₂ = 1 − β₂, rounded once
     * @param epsilon ε
     */
    public record Adam(float beta1, float beta2, float complement1, float complement2, float epsilon)
            implements Rule {

        /** From decays in binary64. */
        public static Adam of(double beta1, double beta2, double epsilon) {
            return new Adam((float) beta1, (float) beta2, (float) (1 - beta1), (float) (1 - beta2), (float) epsilon);
        }
    }

    /**
     * The pull towards an earlier point, the gradient of {@code ½w‖x − x₀‖²} (implicit stochastic gradient
     * method, framework paper eq. 19: w = 1/τ_k).
     *
     * @param point x₀, the shape of x
     * @param weight w
     */
    public record Anchor(Matrix point, float weight) {}

    /**
     * The proximal part μ·Ψ, with μ·½‖x‖² if {@code ridge}.
     *
     * @param map Ψ's prox map
     * @param weight μ
     * @param ridge whether ½‖x‖² belongs to the proximal part
     */
    public record Proximal(ProxMap map, float weight, boolean ridge) {}

    /**
     * One block.
     *
     * @param rule how the gradient becomes a step
     * @param x the variable {@code [rows, columns]}
     * @param gradient g, the shape of x; null for a step behind a row of a {@link Product} that has no output
     * @param first m, the shape of x; null for plain gradient steps
     * @param second q, the shape of x; null unless Adam
     * @param coefficients {@code [1, 3]}: τ, s = τ/(1 − β₁ᵗ), i = 1/(1 − β₂ᵗ)
     * @param anchor the proximal term of an implicit step, or null
     * @param proximal the non-smooth part, or null
     */
    public record Step(
            Rule rule,
            Matrix x,
            Matrix gradient,
            Matrix first,
            Matrix second,
            Matrix coefficients,
            Anchor anchor,
            Proximal proximal) {

        /** Checks shapes, and that what is written overlaps nothing else. */
        public Step {
            if (gradient != null) {
                gradient.require("gradient", x.rows(), x.columns());
            }
            coefficients.require("coefficients", 1, 3);
            if (!(rule instanceof Gradient)) {
                first.require("first moment", x.rows(), x.columns());
            }
            if (rule instanceof Adam) {
                second.require("second moment", x.rows(), x.columns());
            }
            if (anchor != null) {
                anchor.point().require("anchor", x.rows(), x.columns());
            }
            if (proximal != null) {
                proximal.map().requireWidth(x.columns());
            }
            Places places = new Places("update").write("x", x).write("first moment", first).write("second moment", second);
            read(places.read("gradient", gradient), coefficients, anchor, proximal);
        }

        List<Matrix> results() {
            return Operation.present(x, first, second);
        }

        void write(Places places) {
            places.write("x", x).write("first moment", first).write("second moment", second);
        }

        void readBesideGradient(Places places) {
            read(places, coefficients, anchor, proximal);
        }

        private static void read(Places places, Matrix coefficients, Anchor anchor, Proximal proximal) {
            places.read("coefficients", coefficients).read("anchor", anchor == null ? null : anchor.point())
                    .read("threshold", proximal == null ? null : LearnedThreshold.of(proximal.map()));
        }
    }
}
