package io.github.bitlift.lifting;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import java.util.List;
import java.util.Locale;

/**
 * The choice of a training strategy, made once variables exist (framework paper, §3 and §4).
 *
 * @param kind which
 * @param sparsity what is added on one layer, or null
 * @param passes passes over the auxiliary variables of each of the two energies before every step on θ; for
 *     {@link Kind#CONTRASTIVE} alone
 */
public record Strategy(Kind kind, Sparsity sparsity, int passes) {

    /** The paper's lifted Bregman training. */
    public static final Strategy BREGMAN = of(Kind.BREGMAN);

    /** Passes per energy unless said otherwise. */
    public static final int PASSES = 10;

    /** The strategies. */
    public enum Kind {
        /** {@link LiftedBregman}. */
        BREGMAN,
        /** {@link BackPropagation}. */
        BACKPROP,
        /** {@link MacQp}. */
        MAC_QP,
        /** {@link ClassicalLifted}. */
        CLASSICAL,
        /** {@link FenchelLifted}. */
        FENCHEL,
        /** {@link Contrastive}. */
        CONTRASTIVE;

        /** The name on the command line, such as {@code mac-qp}. */
        public String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Checks values. */
    public Strategy {
        if (passes < 1) {
            throw new IllegalArgumentException("passes " + passes + ", expected at least 1");
        }
    }

    /** A strategy without sparsity. */
    public static Strategy of(Kind kind) {
        return new Strategy(kind, null, PASSES);
    }

    /**
     * Refuses activations that the strategy isn't made for.
     *
     * @param sigma the activations, one per layer with auxiliary variables
     * @throws IllegalArgumentException saying which layer and why
     */
    public void requireAdmitted(List<ProxMap> sigma) {
        for (int j = 0; j < sigma.size() && kind == Kind.FENCHEL; j++) {
            if (!(sigma.get(j) instanceof Relu)) {
                throw new IllegalArgumentException("fenchel: layer " + (j + 1) + " has activation "
                        + sigma.get(j).stem().replace('_', '-')
                        + ", for which no biconvex function is constructed; expected relu (bregman takes any)");
            }
        }
        for (int j = 0; j < sigma.size() && kind == Kind.CLASSICAL; j++) {
            if (sigma.get(j) instanceof LearnedThreshold) {
                throw new IllegalArgumentException("classical: layer " + (j + 1) + " learns its threshold, in which the penalty"
                        + " mu t ||u||_1 only grows, so that it goes to 0 whatever the data; expected a fixed one (bregman,"
                        + " mac-qp and backprop learn it)");
            }
        }
        if (sparsity != null) {
            sparsity.requireAdmitted(kind, sigma);
        }
    }

    /**
     * The strategy on a problem.
     *
     * @param backend where the variables live
     * @param variables the problem's variables
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}; back-propagation ignores them
     * @throws IllegalArgumentException if an activation isn't admitted
     */
    public Lifting on(Backend backend, Variables variables, float... mu) {
        Network network = variables.network();
        requireAdmitted(network.sigma());
        return switch (kind) {
            case BREGMAN -> new LiftedBregman(variables, sparsity, mu);
            case BACKPROP -> new BackPropagation(backend, variables, sparsity);
            case MAC_QP -> new MacQp(variables, sparsity, mu);
            case CLASSICAL -> new ClassicalLifted(variables, sparsity, mu);
            case FENCHEL -> new FenchelLifted(variables, sparsity, mu);
            case CONTRASTIVE -> new Contrastive(backend, variables, passes, mu);
        };
    }
}
