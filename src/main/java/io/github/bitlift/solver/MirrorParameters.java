package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an optimiser moves in place of θ: θ itself, or with a regulariser R its mirror image v, of which θ is prox_R(v)
 * after every step. v starts as θ does, so that θ starts as prox_R of what was given. An anchor on v is a Bregman
 * proximal term: {@code v − vᵏ} is the gradient in θ of D_J(θ, θᵏ) with {@code J = R + ½‖·‖²}.
 */
final class MirrorParameters implements AutoCloseable {
    private final Parameters theta;
    private final Parameters mirror;
    private final ParameterRegulariser regulariser;

    /** Allocates v and sets θ. */
    MirrorParameters(Backend backend, Parameters theta, ParameterRegulariser regulariser) {
        this.theta = theta;
        this.regulariser = regulariser;
        if (regulariser.kind() == ParameterRegulariser.Kind.NONE) {
            this.mirror = null;
            return;
        }
        this.mirror = theta.like(backend);
        try (Program copy = backend.compile(List.of(new Copy(theta.all(), mirror.all())));
                Program map = backend.compile(operations())) {
            copy.run();
            map.run();
        }
        afterStep();
    }

    /** What the optimiser moves. */
    List<Matrix> perLayer() {
        return moved().perLayer();
    }

    /** What keeps it within the bounds of θ's parameters, part by part, as the last thing a step does; nulls where there are none. */
    List<Update.Proximal> projections() {
        return theta.projections();
    }

    /** The same as one row. */
    Matrix all() {
        return moved().all();
    }

    private Parameters moved() {
        return mirror == null ? theta : mirror;
    }

    /** Brings θ up to date, as far as the backend can. */
    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Parameters.Shape shape : mirror == null ? List.<Parameters.Shape>of() : theta.shapes()) {
            Matrix from = mirror.named(shape.name());
            Matrix to = theta.named(shape.name());
            if (!shape.isWeight()) {
                operations.add(new Copy(from, to));
            } else if (regulariser.kind() == ParameterRegulariser.Kind.L1) {
                operations.add(new Elementwise(
                        Elementwise.Kind.ACTIVATE, new SoftThreshold(regulariser.weight()), 0f, from, null, to));
            }
        }
        return operations;
    }

    /** Brings θ up to date where the host must do it. */
    void afterStep() {
        if (regulariser.kind() == ParameterRegulariser.Kind.NUCLEAR) {
            theta.shapes().stream().filter(Parameters.Shape::isWeight).map(Parameters.Shape::name).forEach(
                    name -> SingularValues.shrink(mirror.named(name), theta.named(name), regulariser.weight()));
        }
    }

    /** What a checkpoint must keep. */
    Map<String, Matrix> state() {
        return mirror == null ? Map.of() : Map.of("mirror", mirror.all());
    }

    @Override
    public void close() {
        if (mirror != null) {
            mirror.close();
        }
    }
}
