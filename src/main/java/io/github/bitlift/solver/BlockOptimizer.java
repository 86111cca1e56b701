package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The optimiser of one block of variables: its moments and the coefficients its steps read. */
final class BlockOptimizer implements AutoCloseable {
    private static final int COEFFICIENTS = 3;

    private final Optimizer optimizer;
    private final List<Matrix> variables;
    private final Buffer first;
    private final Buffer second;
    private final Buffer coefficients;
    private final float[] staged;

    /**
     * Allocates what the rule needs.
     *
     * @param variables the block's parts, each with a step size of its own
     */
    BlockOptimizer(Backend backend, Optimizer optimizer, List<Matrix> variables) {
        long length = variables.stream().mapToLong(Matrix::size).sum();
        this.optimizer = optimizer;
        this.variables = List.copyOf(variables);
        this.first = optimizer.kind() == Optimizer.Kind.PROXIMAL_GRADIENT ? null : backend.allocate(length);
        this.second = optimizer.kind() == Optimizer.Kind.ADAM ? backend.allocate(length) : null;
        this.coefficients = backend.allocate((long) COEFFICIENTS * variables.size());
        this.staged = new float[COEFFICIENTS * variables.size()];
        setStep(optimizer.learningRate());
    }

    /** The steps, one per part, without gradients if those are null; anchors and proximal parts may be null or hold nulls. */
    List<Update.Step> steps(List<Matrix> gradients, List<Update.Anchor> anchors, List<Update.Proximal> proximal) {
        List<Update.Step> steps = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < variables.size(); i++) {
            Matrix x = variables.get(i);
            steps.add(new Update.Step(
                    optimizer.rule(),
                    x,
                    gradients == null ? null : gradients.get(i),
                    moment(first, at, x),
                    moment(second, at, x),
                    new Matrix(coefficients, (long) COEFFICIENTS * i, 1, COEFFICIENTS),
                    anchors == null ? null : anchors.get(i),
                    proximal == null ? null : proximal.get(i)));
            at += x.size();
        }
        return steps;
    }

    private static Matrix moment(Buffer buffer, long at, Matrix x) {
        return buffer == null ? null : new Matrix(buffer, at, x.rows(), x.columns());
    }

    /** Whether steps build on earlier ones. */
    boolean hasMomentum() {
        return first != null;
    }

    /** Where part i's step size lies, for a power iteration to fill. */
    Matrix step(int i) {
        return new Matrix(coefficients, (long) COEFFICIENTS * i, 1, 1);
    }

    /** The step size of the first part. */
    double tau() {
        coefficients.read(0, staged, 0, staged.length);
        return staged[0];
    }

    /** Sets the step size of all parts. */
    void setStep(double tau) {
        for (int i = 0; i < variables.size(); i++) {
            staged[COEFFICIENTS * i] = (float) tau;
        }
        coefficients.write(0, staged, 0, staged.length);
    }

    /** Sets the step size of part i. */
    void setStep(int i, double tau) {
        staged[COEFFICIENTS * i] = (float) tau;
        coefficients.write((long) COEFFICIENTS * i, staged, COEFFICIENTS * i, 1);
    }

    /** Sets the step size of each part: a number divided by the part's own. */
    void setSteps(double numerator, double[] divisors) {
        for (int i = 0; i < variables.size(); i++) {
            staged[COEFFICIENTS * i] = (float) (numerator / divisors[i]);
        }
        coefficients.write(0, staged, 0, staged.length);
    }

    /** Prepares step t ≥ 1: Adam's corrections for the moments' start at zero. */
    void prepare(long t) {
        if (optimizer.kind() != Optimizer.Kind.ADAM) {
            return;
        }
        float s = (float) (optimizer.learningRate() / (1 - power(Optimizer.BETA1, t)));
        float inverse = (float) (1 / (1 - power(Optimizer.BETA2, t)));
        for (int i = 0; i < variables.size(); i++) {
            staged[COEFFICIENTS * i + 1] = s;
            staged[COEFFICIENTS * i + 2] = inverse;
        }
        coefficients.write(0, staged, 0, staged.length);
    }

    /** baseᵗ by repeated squaring: the same operations for the same t, whether a run was resumed or not. */
    private static double power(double base, long t) {
        double result = 1;
        double square = base;
        for (long bits = t; bits != 0; bits >>>= 1) {
            if ((bits & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    /** What a checkpoint must keep, by name. */
    Map<String, Matrix> state(String prefix) {
        Map<String, Matrix> state = new LinkedHashMap<>();
        keep(state, prefix + ".coefficients", coefficients);
        keep(state, prefix + ".first_moment", first);
        keep(state, prefix + ".second_moment", second);
        return state;
    }

    private static void keep(Map<String, Matrix> state, String name, Buffer buffer) {
        if (buffer != null) {
            state.put(name, Matrix.of(buffer, 1, Math.toIntExact(buffer.length())));
        }
    }

    @Override
    public void close() {
        coefficients.close();
        if (first != null) {
            first.close();
        }
        if (second != null) {
            second.close();
        }
    }
}
