package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.util.List;

/** The solver, checked against what it is to solve. */
final class SolverChoice {
    private static final List<String> SOLVERS = List.of("bcd", "bcd-exact", "admm", "isgm", "averaging");

    private final MethodOptions method;
    private final StrategyChoice strategy;
    private final String name;

    /** Checks the name, or chooses one that suits. */
    SolverChoice(MethodOptions method, StrategyChoice strategy, boolean classifies) {
        this.method = method;
        this.strategy = strategy;
        this.name = name(method, strategy, classifies);
    }

    /** Null for back-propagation with explicit steps. */
    String name() {
        return name;
    }

    private static String name(MethodOptions method, StrategyChoice strategy, boolean classifies) {
        boolean onBatches = method.batch != null || classifies || strategy.isContrastive();
        String usual = onBatches ? "isgm" : "bcd";
        String chosen = Choice.require("--solver", method.solver == null ? usual : method.solver, SOLVERS);
        if (strategy.isContrastive() && !chosen.equals("isgm")) {
            throw new InputException("--solver " + chosen + ": --strategy contrastive minimises its two energies anew before"
                    + " every step of theta; expected --solver isgm");
        }
        boolean implicit = chosen.equals("isgm") || chosen.equals("averaging");
        return !strategy.isLifted() && (method.solver == null || !implicit) ? null : chosen;
    }

    /** Refuses what the solver doesn't admit. */
    void check(ArchitectureResolver architecture) {
        if (isDeterministic() && method.batch != null) {
            throw new InputException("--batch " + method.batch + ": --solver " + name
                    + " works on all images at once; expected --solver isgm or averaging, or no --batch");
        }
        List<String> convex = name == null || !isExact() ? List.of(strategy.name())
                : is("admm") ? List.of("bregman", "fenchel") : List.of("bregman", "fenchel", "classical");
        if (!convex.contains(strategy.name())) {
            throw new InputException("--solver " + name + ": --strategy " + strategy.name() + " has "
                    + (strategy.name().equals("classical") ? "a least-squares theta-block, solved by bcd-exact"
                            : "sub-problems that aren't convex")
                    + "; expected --strategy " + Choice.list(convex));
        }
        if (isExact() && !architecture.isChain()) {
            throw new InputException("--architecture " + architecture.name() + ": --solver " + name
                    + " minimises over the layers of a chain; expected --architecture mlp, or --solver bcd");
        }
        if ((isExact() || is("averaging")) && strategy.regulariser() != null) {
            throw new InputException("--parameter-regulariser " + strategy.regulariser() + ": not defined with --solver "
                    + name + "; expected --solver bcd or isgm");
        }
        if (isDeterministic() && method.muRate != null) {
            checkGrowingPenalties("--mu-rate " + method.muRate + ": not defined with ");
        }
        if (strategy.isContrastive() && method.relaxation != null && method.relaxation > 1) {
            throw new InputException("--relaxation " + method.relaxation + ": expected at most 1 with --strategy contrastive,"
                    + " whose free energy must not ascend");
        }
        if (method.muRate == null && (method.muMax != null || method.muEvery != null)) {
            throw new InputException((method.muMax != null ? "--mu-max " + method.muMax : "--mu-every " + method.muEvery)
                    + ": expected with --mu-rate, without which mu stays as it is");
        }
    }

    private void checkGrowingPenalties(String refusal) {
        if (strategy.sparsity() != null) {
            throw new InputException(refusal + "--sparsity, which counts among the penalties");
        }
        if (strategy.name().equals("classical")) {
            throw new InputException(refusal + "--strategy classical, whose penalty doesn't vanish where u = sigma(v)");
        }
        if (strategy.regulariser() != null) {
            throw new InputException(refusal + "--parameter-regulariser, whose iterations belong to one objective");
        }
    }

    /** Works on all images at once. */
    boolean isDeterministic() {
        return is("bcd") || isExact();
    }

    /** Minimises over each block. */
    boolean isExact() {
        return is("bcd-exact") || is("admm");
    }

    /** Works on mini-batches. */
    boolean isStochastic() {
        return is("isgm") || is("averaging");
    }

    /** Whether it is the one of this name. */
    boolean is(String other) {
        return other.equals(name);
    }
}
