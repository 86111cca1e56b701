package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.numerics.Philox;
import java.util.ArrayList;
import java.util.List;

/** How auxiliary variables start (framework paper §7.2). */
public enum AuxiliaryStart {
    /** Every layer starts as a copy of the input, projected onto its potential's domain; all widths must be the input's. */
    INPUT,
    /** Every layer starts as the network's own activations: all penalties are zero. */
    FORWARD,
    /** Independent normal variates of variance 1, projected likewise. */
    GAUSSIAN;

    /** Philox streams from here on hold the variates, one per layer. */
    private static final long VARIATES = 2000;

    /**
     * Fills z₁ … z_J, which are u₁ … u_J where M = (0 I) and V = I; the inputs must be in place.
     *
     * @throws IllegalArgumentException if INPUT is asked for and a layer isn't as wide as the input
     */
    void apply(Backend backend, Variables variables, long seed) {
        switch (this) {
            case INPUT -> {
                copyInput(backend, variables);
                project(backend, variables);
            }
            case FORWARD -> {
                try (Program program = backend.compile(
                        ForwardPass.hidden(variables.network(), variables.u(), variables.z(), variables.samples()))) {
                    program.run();
                }
            }
            case GAUSSIAN -> {
                drawGaussian(variables, seed);
                project(backend, variables);
            }
            default -> throw new AssertionError(this);
        }
    }

    private static void copyInput(Backend backend, Variables variables) {
        Matrix input = variables.u().block(0);
        List<Operation> copies = new ArrayList<>();
        for (int j = 1; j <= variables.z().size(); j++) {
            Matrix u = variables.z().block(j - 1);
            if (u.columns() != input.columns()) {
                throw new IllegalArgumentException("layer " + j + " is " + u.columns()
                        + " wide, the input " + input.columns() + ": auxiliary variables can't start as copies of the input");
            }
            copies.add(new Copy(input, u));
        }
        try (Program program = backend.compile(copies)) {
            program.run();
        }
    }

    private static void drawGaussian(Variables variables, long seed) {
        for (int j = 1; j <= variables.z().size(); j++) {
            Matrix u = variables.z().block(j - 1);
            Philox random = new Philox(seed, VARIATES + j);
            float[] row = new float[u.columns()];
            for (int i = 0; i < u.rows(); i++) {
                for (int k = 0; k < row.length; k++) {
                    row[k] = random.normal((long) i * row.length + k);
                }
                u.slice(i, i + 1).write(row);
            }
        }
    }

    /** uⱼ ← prox_{0·Ψⱼ}(uⱼ): the identity wherever Ψⱼ is finite. */
    private static void project(Backend backend, Variables variables) {
        List<Operation> operations = new ArrayList<>();
        for (int j = 1; j <= variables.z().size(); j++) {
            Matrix u = variables.z().block(j - 1);
            operations.add(new Elementwise(
                    Elementwise.Kind.SCALED_PROX, variables.network().sigma().get(j - 1), 0f, u, null, u));
        }
        try (Program program = backend.compile(operations)) {
            program.run();
        }
    }
}
