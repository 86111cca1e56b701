package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
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
 * Measures {@link Residuals} at the present variables. It needs no memory of its own but for parameters with bounds: both
 * blocks' gradients go where a step puts them, and prox_Ψⱼ(uⱼ − gⱼ/μⱼ) takes the place of the residual of layer j, which is
 * then no longer needed.
 */
final class Stationarity implements AutoCloseable {
    private final Variables variables;
    private final Lifting lifting;
    private final int layers;
    private final int hidden;
    private final Sums sums;
    private final Program program;
    private final List<Buffer> owned = new ArrayList<>();

    /** Of θ, and of z where there is one set of auxiliary variables that isn't minimised anew for every step. */
    Stationarity(Backend backend, Variables variables, Lifting lifting) {
        this.variables = variables;
        this.lifting = lifting;
        List<Matrix> gradients = variables.parameterGradient().perLayer();
        this.layers = gradients.size();
        int sigmas = variables.network().layers();
        this.hidden = lifting.auxiliaries().size() == sigmas ? sigmas : 0;
        this.sums = backend.allocateSums(layers + hidden);
        List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
        List<Matrix> theta = variables.network().parameters().perLayer();
        List<Update.Proximal> bounds = variables.network().parameters().projections();
        for (int l = 0; l < layers; l++) {
            operations.addAll(bounds.get(l) == null
                    ? List.of(new Reduce(Reduce.Kind.SQUARED_NORM, gradients.get(l), null, null, sums, l))
                    : bounded(backend, theta.get(l), gradients.get(l), bounds.get(l), l));
        }
        if (hidden > 0) {
            operations.addAll(lifting.auxiliaryStep(List.of()));
            operations.addAll(mapping());
        }
        this.program = backend.compile(operations);
    }

    /** ‖θ − proj(θ − g)‖², the projection being onto the part's bounds. */
    private List<Operation> bounded(Backend backend, Matrix theta, Matrix g, Update.Proximal bound, int slot) {
        Matrix moved = Matrix.of(backend.allocate(theta.size()), theta.rows(), theta.columns());
        owned.add(moved.buffer());
        return List.of(
                Product.of(new Product.Row(
                        moved, List.of(new Product.Scaled(1f, theta), new Product.Scaled(-1f, g)), new Epilogue.Scale(1f))),
                new Elementwise(Elementwise.Kind.ACTIVATE, bound.map(), 0f, moved, null, moved),
                new Reduce(Reduce.Kind.SQUARED_DISTANCE, theta, moved, null, sums, slot));
    }

    private List<Operation> mapping() {
        List<Operation> operations = new ArrayList<>();
        for (int j = 0; j < hidden; j++) {
            Matrix u = variables.z().block(j);
            Matrix g = variables.auxiliaryGradient().block(j);
            Matrix moved = variables.residual().block(j);
            Update.Proximal proximal = lifting.proximal(j, false);
            if (proximal == null) {
                operations.add(new Reduce(Reduce.Kind.SQUARED_NORM, g, null, null, sums, layers + j));
                continue;
            }
            operations.add(Product.of(new Product.Row(
                    moved,
                    List.of(new Product.Scaled(1f, u), new Product.Scaled(-1f / proximal.weight(), g)),
                    new Epilogue.Scale(1f))));
            operations.add(
                    new Elementwise(Elementwise.Kind.ACTIVATE, proximal.map(), 0f, moved, null, moved));
            operations.addAll(lifting.project(j, moved));
            operations.add(new Reduce(Reduce.Kind.SQUARED_DISTANCE, u, moved, null, sums, layers + j));
        }
        return operations;
    }

    /** The residuals now; gradients and residuals of the variables are overwritten. */
    Residuals measure() {
        program.run();
        double[] parameters = new double[layers];
        for (int l = 0; l < layers; l++) {
            parameters[l] = Math.sqrt(sums.get(l));
        }
        double[] auxiliaries = new double[hidden];
        for (int j = 0; j < hidden; j++) {
            Update.Proximal proximal = lifting.proximal(j, false);
            double scale = proximal == null ? 1 : proximal.weight();
            auxiliaries[j] = scale * Math.sqrt(sums.get(layers + j) / variables.samples());
        }
        return new Residuals(parameters, auxiliaries, new double[0], new double[0]);
    }

    @Override
    public void close() {
        program.close();
        sums.close();
        owned.forEach(Buffer::close);
    }
}
