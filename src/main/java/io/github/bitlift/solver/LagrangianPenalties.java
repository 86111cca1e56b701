package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.network.BlockVector;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Penalty weights as Lagrange multipliers of the constraints {@code B_Ψⱼ ≤ 0} (JMLR paper, appendix B.3): every few steps
 *
 * <pre>μⱼ ← min(most, μⱼ + rate·(1/s) Σᵢ B_Ψⱼ(uⱼ, Wⱼuⱼ₋₁ + bⱼ)).</pre>
 *
 * The paper's max(0, ·) never acts, as penalties aren't negative: weights only grow, so the bound keeps the sub-problems'
 * step sizes from vanishing. Weights are part of the compiled steps, so an update makes a new trainer, which takes over
 * the state of the old one by way of the host.
 */
public final class LagrangianPenalties implements Trainer {
    /** The name under which the weights are kept in the state. */
    public static final String STATE = "mu";

    private final Function<float[], Trainer> make;
    private final Options options;
    private final Matrix kept;
    private float[] mu;
    private Trainer trainer;

    /**
     * How weights grow.
     *
     * @param rate per unit of mean penalty, {@code > 0}
     * @param most the upper bound of every weight, at least as large as each is at the start
     * @param every steps from one update to the next, at least 1
     */
    public record Options(double rate, double most, int every) {

        /** Checks values. */
        public Options {
            if (!(rate > 0 && rate < Double.POSITIVE_INFINITY) || !(most > 0 && (float) most < Float.POSITIVE_INFINITY)
                    || every < 1) {
                throw new IllegalArgumentException("rate " + rate + ", most " + most + ", every " + every
                        + ": expected finite numbers > 0 and at least 1");
            }
        }
    }

    /**
     * Starts a trainer with the given weights.
     *
     * @param mu μ at the start, one per hidden layer
     * @param make makes the trainer for given weights, leaving θ as it is
     */
    public LagrangianPenalties(Backend backend, float[] mu, Options options, Function<float[], Trainer> make) {
        for (float weight : mu) {
            if (!(weight <= (float) options.most())) {
                throw new IllegalArgumentException("mu " + weight + " above its bound " + options.most());
            }
        }
        this.make = make;
        this.options = options;
        this.mu = mu.clone();
        this.kept = BlockVector.allocate(backend, 1, mu.length).block(0);
        kept.write(mu);
        this.trainer = make.apply(this.mu);
    }

    /** The weights now. */
    public float[] mu() {
        return mu.clone();
    }

    @Override
    public void step() {
        trainer.step();
        if (trainer.steps() % options.every() == 0) {
            ascend();
        }
    }

    private void ascend() {
        double[] penalties = trainer.objective().layers();
        float[] next = new float[mu.length];
        for (int j = 0; j < next.length; j++) {
            double grown = mu[j] + options.rate() * (penalties[j] / mu[j]);
            // A penalty that isn't a number leaves its weight alone: the run has diverged, and says so elsewhere.
            next[j] = grown >= mu[j] ? (float) Math.min(options.most(), grown) : mu[j];
        }
        if (!Arrays.equals(next, mu)) {
            kept.write(next);
            changeTo(next);
        }
    }

    /** A trainer with other weights takes over. */
    private void changeTo(float[] next) {
        Map<String, float[]> state = new LinkedHashMap<>();
        trainer.state().forEach((name, matrix) -> state.put(name, matrix.toArray()));
        long steps = trainer.steps();
        trainer.close();
        mu = next;
        trainer = make.apply(mu);
        trainer.state().forEach((name, matrix) -> matrix.write(state.get(name)));
        trainer.restored(steps);
    }

    @Override
    public long steps() {
        return trainer.steps();
    }

    @Override
    public Objective objective() {
        return trainer.objective();
    }

    @Override
    public Residuals residuals() {
        return trainer.residuals();
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>(trainer.state());
        state.put(STATE, kept);
        return state;
    }

    @Override
    public void restored(long completed) {
        trainer.restored(completed);
        changeTo(kept.toArray());
    }

    @Override
    public void close() {
        trainer.close();
        kept.buffer().close();
    }
}
