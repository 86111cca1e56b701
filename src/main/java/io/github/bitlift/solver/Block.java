package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One of the two blocks of block-coordinate descent, with the way it moves. */
interface Block extends AutoCloseable {

    /** Takes the block's part of step {@code t}, from 0. */
    void step(long t);

    /** What a checkpoint must keep. */
    Map<String, Matrix> state(String prefix);

    @Override
    void close();

    /**
     * Where a block's gradient comes from.
     *
     * @param gradients where it is put, one per part
     * @param fused whether the given steps take it at once, have no gradients therefore, and it isn't put anywhere then
     * @param proximal the parts' non-smooth terms, or null
     * @param operations computes the gradient and takes the given steps; given none, the gradient alone
     */
    record Gradient(
            List<Matrix> gradients,
            boolean fused,
            List<Update.Proximal> proximal,
            Function<List<Update.Step>, List<Operation>> operations) {}

    /** Makes the step sizes of a block from operator norms. */
    interface StepSizes {
        /** Fills the given optimiser's step sizes. */
        LipschitzSteps of(BlockOptimizer optimizer);
    }

    /** A block whose step size is fixed or follows from operator norms. */
    final class Plain implements Block {
        private final BlockOptimizer optimizer;
        private final LipschitzSteps stepSizes;
        private final Program program;

        Plain(Backend backend, BlockOptimizer optimizer, Gradient gradient, LipschitzSteps stepSizes) {
            this.optimizer = optimizer;
            this.stepSizes = stepSizes;
            this.program = backend.compile(gradient.operations().apply(
                    optimizer.steps(gradient.fused() ? null : gradient.gradients(), null, gradient.proximal())));
        }

        @Override
        public void step(long t) {
            if (stepSizes != null) {
                stepSizes.refresh(t);
            }
            optimizer.prepare(t + 1);
            program.run();
        }

        @Override
        public Map<String, Matrix> state(String prefix) {
            Map<String, Matrix> state = new LinkedHashMap<>(optimizer.state(prefix));
            if (stepSizes != null) {
                state.putAll(stepSizes.state(prefix));
            }
            return state;
        }

        @Override
        public void close() {
            program.close();
            optimizer.close();
            if (stepSizes != null) {
                stepSizes.close();
            }
        }
    }
}
