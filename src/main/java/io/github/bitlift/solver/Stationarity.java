package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Variables;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures {@link Residuals} at the present variables. It needs no memory of its own: both blocks' gradients go where a
 * step puts them, and prox_Ψⱼ(uⱼ − gⱼ/μⱼ) takes the place of the residual of layer j, which is then no longer needed.
 */
final class Stationarity implements AutoCloseable {
    private final Variables variables;
    private final List<Update.Proximal> proximal;
    private final int layers;
    private final Sums sums;
    private final Program program;

    /**
     * Of a lifted objective, or with no proximal parts at all of one without auxiliary variables.
     *
     * @param proximal μⱼ and Ψⱼ per hidden layer, or empty
     */
    Stationarity(Backend backend, Variables variables, Lifting lifting, List<Update.Proximal> proximal) {
        this.variables = variables;
        this.proximal = List.copyOf(proximal);
        this.layers = variables.parameterGradient().layers();
        this.sums = backend.allocateSums(layers + proximal.size());
        List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
        for (int l = 0; l < layers; l++) {
            operations.add(new Reduce(
                    Reduce.Kind.SQUARED_NORM, variables.parameterGradient().layer(l), null, null, sums, l));
        }
        if (!proximal.isEmpty()) {
            operations.addAll(lifting.auxiliaryStep(List.of()));
            operations.addAll(mapping());
        }
        this.program = backend.compile(operations);
    }

    private List<Operation> mapping() {
        List<Product.Row> explicit = new ArrayList<>();
        List<Operation> implicit = new ArrayList<>();
        for (int j = 0; j < proximal.size(); j++) {
            Matrix u = variables.u().block(j + 1);
            Matrix moved = variables.residual().block(j);
            explicit.add(new Product.Row(
                    moved,
                    List.of(
                            new Product.Scaled(1f, u),
                            new Product.Scaled(-1f / proximal.get(j).weight(), variables.gradient().block(j))),
                    new Epilogue.Scale(1f)));
            implicit.add(new Elementwise(
                    Elementwise.Kind.ACTIVATE, proximal.get(j).map(), 0f, moved, null, moved));
            implicit.add(new Reduce(Reduce.Kind.SQUARED_DISTANCE, u, moved, null, sums, layers + j));
        }
        implicit.add(0, new Product(explicit));
        return implicit;
    }

    /** The residuals now; gradients and residuals of the variables are overwritten. */
    Residuals measure() {
        program.run();
        double[] parameters = new double[layers];
        for (int l = 0; l < layers; l++) {
            parameters[l] = Math.sqrt(sums.get(l));
        }
        double[] auxiliaries = new double[proximal.size()];
        for (int j = 0; j < auxiliaries.length; j++) {
            auxiliaries[j] = proximal.get(j).weight() * Math.sqrt(sums.get(layers + j) / variables.samples());
        }
        return new Residuals(parameters, auxiliaries, new double[0], new double[0]);
    }

    @Override
    public void close() {
        program.close();
        sums.close();
    }
}
