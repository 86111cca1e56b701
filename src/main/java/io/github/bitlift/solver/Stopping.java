package io.github.bitlift.solver;

/** A {@link StoppingRule} at work on one run: it remembers the best objective and how long ago it was found. */
public final class Stopping {
    private final StoppingRule rule;
    private double best = Double.POSITIVE_INFINITY;
    private int since;

    /** At the beginning of a run. */
    public Stopping(StoppingRule rule) {
        this.rule = rule;
    }

    /** Whether there is anything to check. */
    public boolean checks() {
        return rule.checks();
    }

    /** The best objective so far: part of a run's state. */
    public double best() {
        return best;
    }

    /** Checks since then: part of a run's state. */
    public int since() {
        return since;
    }

    /** Continues a run. */
    public void restore(double savedBest, int savedSince) {
        best = savedBest;
        since = savedSince;
    }

    /** What ends a run that goes on from here: {@link #after} has said so before, or null. */
    public StoppingRule.Reason standing(Trainer trainer) {
        if (trainer.steps() == 0 || !rule.checks() || trainer.steps() % rule.every() != 0) {
            return null;
        }
        return verdict(trainer);
    }

    /** Looks at a run after a step; null means it goes on. */
    public StoppingRule.Reason after(Trainer trainer) {
        if (!rule.checks() || trainer.steps() % rule.every() != 0) {
            return null;
        }
        if (rule.stall() != null) {
            double objective = trainer.objective().total();
            since++;
            if (objective < best - rule.stall() * Math.abs(best) || best == Double.POSITIVE_INFINITY) {
                best = objective;
                since = 0;
            }
        }
        return verdict(trainer);
    }

    private StoppingRule.Reason verdict(Trainer trainer) {
        if (rule.stationarity() != null && trainer.residuals().isWithin(rule.stationarity())) {
            return StoppingRule.Reason.STATIONARITY;
        }
        return rule.stall() != null && since >= rule.patience() ? StoppingRule.Reason.STALL : null;
    }
}
