package io.github.bitlift.solver;

import io.github.bitlift.backend.Update;

/**
 * How a block's gradient becomes a step (framework paper §5.2, §7.2).
 *
 * @param kind the rule
 * @param learningRate τ with {@link StepSize#FIXED}, the first trial with {@link StepSize#BACKTRACKING}; {@code > 0}
 * @param stepSize where τ comes from
 * @param momentum β of heavy-ball and Nesterov, in [0, 1): gradients are averaged, so that τ keeps its meaning
 */
public record Optimizer(Kind kind, double learningRate, StepSize stepSize, double momentum) {

    /** Adam's decay of the first moment. */
    public static final double BETA1 = 0.9;
    /** Adam's decay of the second moment. */
    public static final double BETA2 = 0.999;
    /** Adam's guard against division by zero. */
    public static final double EPSILON = 1e-8;

    /** The rules. */
    public enum Kind {
        /** Forward–backward splitting without momentum. */
        PROXIMAL_GRADIENT,
        /** Polyak's momentum. */
        HEAVY_BALL,
        /** Nesterov's momentum. */
        NESTEROV,
        /** Adam, followed by the prox map. */
        ADAM
    }

    /** Where a step size comes from. */
    public enum StepSize {
        /** The learning rate. */
        FIXED,
        /** 1.99 (1 with momentum) divided by a Lipschitz constant from operator norms, kept up to date by power iterations. */
        NORMS,
        /** Halved until the quadratic upper bound holds. */
        BACKTRACKING
    }

    /** Checks values and that step size and rule go together. */
    public Optimizer {
        if (!(learningRate > 0) || learningRate == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("learning rate " + learningRate + ", expected a finite number > 0");
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum " + momentum + ", expected at least 0 and less than 1");
        }
        if (stepSize == StepSize.BACKTRACKING && kind != Kind.PROXIMAL_GRADIENT) {
            throw new IllegalArgumentException("backtracking goes with proximal-gradient only");
        }
        if (stepSize == StepSize.NORMS && kind == Kind.ADAM) {
            throw new IllegalArgumentException("Adam takes a fixed learning rate, not one from operator norms");
        }
    }

    /** A rule with a fixed step and momentum 0.9. */
    public static Optimizer fixed(Kind kind, double learningRate) {
        return new Optimizer(kind, learningRate, StepSize.FIXED, 0.9);
    }

    Update.Rule rule() {
        return switch (kind) {
            case PROXIMAL_GRADIENT -> new Update.Gradient();
            case HEAVY_BALL -> Update.HeavyBall.of(momentum);
            case NESTEROV -> Update.Nesterov.of(momentum);
            case ADAM -> Update.Adam.of(BETA1, BETA2, EPSILON);
        };
    }
}
