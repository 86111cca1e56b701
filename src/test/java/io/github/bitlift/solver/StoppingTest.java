package io.github.bitlift.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.lifting.Objective;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stopping on a trainer whose objective and residuals are told beforehand. */
class StoppingTest {

    @Test
    void withoutARuleNothingIsEvaluated() {
        Told told = new Told(new double[] {1, 1, 1}, null);
        Stopping stopping = new Stopping(StoppingRule.NONE);
        assertThat(run(told, stopping, 3)).isNull();
        assertThat(told.evaluations).isZero();
    }

    @Test
    void stallsOnceTheBestNoLongerFallsByItsShare() {
        double[] objective = {10, 8, 7.99, 7.98, 9, 7.97, 5, 5, 5, 5, 5};
        Stopping stopping = new Stopping(new StoppingRule(null, 0.1, 4, 1));
        Told told = new Told(objective, null);
        assertThat(run(told, stopping, 11)).isEqualTo(StoppingRule.Reason.STALL);
        assertThat(told.steps).isEqualTo(6);
        assertThat(stopping.best()).isEqualTo(8);
        assertThat(stopping.since()).isEqualTo(4);
    }

    @Test
    void noiseAroundAFallingObjectiveIsNoStall() {
        double[] objective = {10, 12, 11, 8, 12, 11, 6, 12, 11, 4};
        assertThat(run(new Told(objective, null), new Stopping(new StoppingRule(null, 0.1, 3, 1)), 10)).isNull();
    }

    @Test
    void fallsBelowZeroAreProgressToo() {
        double[] objective = {1, -1, -2, -2.01, -2.02};
        Told told = new Told(objective, null);
        assertThat(run(told, new Stopping(new StoppingRule(null, 0.1, 2, 1)), 5)).isEqualTo(StoppingRule.Reason.STALL);
        assertThat(told.steps).isEqualTo(5);
    }

    @Test
    void aNumberThatIsNoneIsNoProgress() {
        double[] objective = {3, Double.NaN, Double.NaN};
        Told told = new Told(objective, null);
        assertThat(run(told, new Stopping(new StoppingRule(null, 0.0, 2, 1)), 3)).isEqualTo(StoppingRule.Reason.STALL);
    }

    @Test
    void bothBlocksMustBeStationary() {
        double[][] residuals = {{1, 1}, {1e-3, 1}, {1, 1e-3}, {1e-3, 1e-3}};
        Told told = new Told(null, residuals);
        assertThat(run(told, new Stopping(new StoppingRule(0.01, null, 1, 1)), 4))
                .isEqualTo(StoppingRule.Reason.STATIONARITY);
        assertThat(told.steps).isEqualTo(4);
    }

    @Test
    void looksOnlyEverySoManySteps() {
        double[][] residuals = {{0, 0}, {0, 0}, {0, 0}};
        Told told = new Told(null, residuals);
        assertThat(run(told, new Stopping(new StoppingRule(0.01, null, 1, 3)), 3))
                .isEqualTo(StoppingRule.Reason.STATIONARITY);
        assertThat(told.steps).isEqualTo(3);
        assertThat(told.evaluations).isEqualTo(1);
    }

    @Test
    void aRestoredRunStopsAfterTheSameStep() {
        double[] objective = {10, 8, 8, 8, 8, 8};
        StoppingRule rule = new StoppingRule(null, 0.1, 3, 1);
        Stopping first = new Stopping(rule);
        Told told = new Told(objective, null);
        assertThat(run(told, first, 4)).isNull();
        Stopping second = new Stopping(rule);
        second.restore(first.best(), first.since());
        assertThat(second.standing(told)).isNull();
        assertThat(run(told, second, 6)).isEqualTo(StoppingRule.Reason.STALL);
        assertThat(told.steps).isEqualTo(5);
        assertThat(second.standing(told)).isEqualTo(StoppingRule.Reason.STALL);
    }

    @Test
    void refusesValuesOutOfRange() {
        assertThatThrownBy(() -> new StoppingRule(0.0, null, 1, 1)).hasMessageContaining("stationarity 0.0");
        assertThatThrownBy(() -> new StoppingRule(null, 1.0, 1, 1)).hasMessageContaining("stall 1.0");
        assertThatThrownBy(() -> new StoppingRule(null, null, 0, 1)).hasMessageContaining("patience 0");
        assertThatThrownBy(() -> new StoppingRule(null, null, 1, 0)).hasMessageContaining("every 0");
    }

    private static StoppingRule.Reason run(Told trainer, Stopping stopping, int most) {
        StoppingRule.Reason reason = null;
        while (reason == null && trainer.steps < most) {
            trainer.step();
            reason = stopping.after(trainer);
        }
        return reason;
    }

    /** Objectives and residuals of θ and z after each step. */
    private static final class Told implements Trainer {
        private final double[] objectives;
        private final double[][] residuals;
        private int steps;
        private int evaluations;

        Told(double[] objectives, double[][] residuals) {
            this.objectives = objectives;
            this.residuals = residuals;
        }

        @Override
        public void step() {
            steps++;
        }

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public Objective objective() {
            evaluations++;
            return new Objective(objectives[steps - 1], 0, new double[0], new double[0]);
        }

        @Override
        public Residuals residuals() {
            evaluations++;
            double[] now = residuals[steps - 1];
            return new Residuals(new double[] {now[0]}, new double[] {now[1]}, new double[0], new double[0]);
        }

        @Override
        public Map<String, Matrix> state() {
            return Map.of();
        }

        @Override
        public void restored(long completed) {
            steps = (int) completed;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
