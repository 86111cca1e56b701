package io.github.bitlift.solver;

/**
 * R of linearised Bregman iterations on the parameters (JMLR paper, §4.1.2, iterative regularisation): the steps move a
 * mirror image v of θ, and {@code θ = prox_R(v)}, weight matrix by weight matrix; biases are left alone. The objective isn't
 * changed: among its minimisers, those of small R are approached, from simple ones to less simple ones.
 *
 * <p>The nuclear norm's prox map runs on the host in every step, and allocates there.
 *
 * @param kind R
 * @param weight its weight, finite and {@code > 0}; any number with {@link Kind#NONE}
 */
public record ParameterRegulariser(Kind kind, float weight) {

    /** No regularisation. */
    public static final ParameterRegulariser NONE = new ParameterRegulariser(Kind.NONE, 0f);

    /** The functions. */
    public enum Kind {
        /** 0. */
        NONE,
        /** The sum of absolute values: sparse weights. */
        L1,
        /** The sum of singular values: weights of low rank. */
        NUCLEAR
    }

    /** Checks the weight. */
    public ParameterRegulariser {
        if (kind != Kind.NONE && !(weight > 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("parameter weight " + weight + ", expected a finite number > 0");
        }
    }
}
