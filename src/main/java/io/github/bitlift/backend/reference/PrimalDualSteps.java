package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.TvPdhg.State;
import io.github.bitlift.backend.TvPdhg.Stop;

/** The scalars of {@link TvPdhg} for one image after another: step sizes, the count and the reasons to stop. */
public final class PrimalDualSteps {
    private TvPdhg operation;
    private float[] state;
    private int at;
    private float tau;
    private float sigma;
    private float theta;

    /** Turns to one row of an operation's state. */
    public void of(TvPdhg tv, int image) {
        operation = tv;
        state = array(tv.state());
        at = start(tv.state(), image);
    }

    private float get(State column) {
        return state[at + column.ordinal()];
    }

    private void set(State column, float value) {
        state[at + column.ordinal()] = value;
    }

    /** Whether the image hasn't stopped. */
    public boolean running() {
        return get(State.STOP) == 0;
    }

    /** Counts an iteration, with θ and the steps of its second half ready; τ is still that of its first half. */
    public void begin() {
        tau = get(State.TAU);
        sigma = get(State.SIGMA);
        theta = 1f;
        if (operation.rule() == Rule.ACCELERATED) {
            float accelerated = 1f / (float) Math.sqrt(Math.fma(2f, tau, 1f));
            theta = accelerated * tau >= TvPdhg.LEAST_TAU ? accelerated : 1f;
            sigma = sigma / theta;
            set(State.TAU, theta * tau);
            set(State.SIGMA, sigma);
        }
        set(State.ITERATIONS, get(State.ITERATIONS) + 1);
    }

    /** τ of this iteration's primal step. */
    public float tau() {
        return tau;
    }

    /** 1/(1 + τ). */
    public float shrink() {
        return 1f / (1f + tau);
    }

    /** θ. */
    public float theta() {
        return theta;
    }

    /** σ of this iteration's dual step. */
    public float sigma() {
        return sigma;
    }

    /** σρ. */
    public float ascent() {
        return sigma * operation.weight();
    }

    /** Whether the iteration begun last is one to check. */
    public boolean isChecked() {
        return (int) get(State.ITERATIONS) % operation.checkEvery() == 0;
    }

    /**
     * Notes what a check found, and whether the image stops.
     *
     * @param changeX the sum of squares
     * @param changeZ the sum of squares
     * @param gap the sum; of no meaning for {@link TvPdhg.Explicit}
     */
    public void check(double changeX, double changeZ, double gap) {
        double normX = Math.sqrt(changeX);
        double normZ = Math.sqrt(changeZ);
        set(State.CHANGE_X, (float) normX);
        set(State.CHANGE_Z, (float) normZ);
        boolean hasGap = operation.data() instanceof TvPdhg.Denoise;
        if (hasGap) {
            set(State.GAP, (float) gap);
        }
        set(State.STOP, stop(normX, normZ, hasGap ? gap : Double.POSITIVE_INFINITY).ordinal());
    }

    private Stop stop(double changeX, double changeZ, double gap) {
        if (!(changeX < Double.POSITIVE_INFINITY && changeZ < Double.POSITIVE_INFINITY)) {
            return Stop.DIVERGED;
        }
        if (gap <= operation.gapTolerance()) {
            return Stop.GAP;
        }
        double tolerance = operation.changeTolerance();
        return changeX <= tolerance && changeZ <= tolerance ? Stop.CHANGE : Stop.NONE;
    }

    /** Whether the check is to be followed by {@link #balance}. */
    public boolean isBalanced() {
        return running() && operation.rule() == Rule.ADAPTIVE;
    }

    /**
     * Balances the residuals.
     *
     * @param primalSquares the sum of the primal residual's squares
     * @param dualSquares the sum of the dual residual's squares
     */
    public void balance(double primalSquares, double dualSquares) {
        double primal = Math.sqrt(primalSquares);
        double dual = Math.sqrt(dualSquares) / operation.weight();
        boolean primalLags = primal > TvPdhg.IMBALANCE * dual;
        if (!primalLags && !(TvPdhg.IMBALANCE * primal < dual)) {
            return;
        }
        float alpha = get(State.ALPHA);
        float rest = 1f - alpha;
        set(State.TAU, primalLags ? tau / rest : tau * rest);
        set(State.SIGMA, primalLags ? sigma * rest : sigma / rest);
        set(State.ALPHA, TvPdhg.DECAY * alpha);
    }
}
