package io.github.bitlift.solver;

import io.github.bitlift.backend.Matrix;
import java.util.Map;

/** The layers of θ whose sub-problem is least squares, solved by {@link LeastSquares}. */
final class ConjugateGradients implements Block {
    private final LeastSquares problem;

    /** Takes the problem over. */
    ConjugateGradients(LeastSquares problem) {
        this.problem = problem;
    }

    @Override
    public void step(long t) {
        problem.solve();
    }

    @Override
    public Map<String, Matrix> state(String prefix) {
        return Map.of();
    }

    @Override
    public void close() {
        problem.close();
    }
}
