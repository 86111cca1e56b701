package io.github.bitlift.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backtracking where there is nothing to move: a threshold so high that the auxiliary variables stay at zero. */
class BacktrackingTest {
    private static final int COUNT = 6;
    private static final int WIDTH = 5;

    @Test
    void theStepSizeOfABlockAtRestDoesNotRunAway() {
        float[] weak = new float[COUNT * WIDTH];
        new Philox(3, 3).normals(weak);
        for (int i = 0; i < weak.length; i++) {
            weak[i] *= 0.01f;
        }
        Optimizer backtracking =
                new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 0.5, Optimizer.StepSize.BACKTRACKING, 0);
        try (Backend backend = new ReferenceBackend();
                Parameters theta = new Parameters(backend, WIDTH, WIDTH, WIDTH)) {
            Initialisation.glorotUniform(theta, 1);
            Network network = Mlp.of(theta, List.of(new SoftThreshold(3f)));
            var options = new BlockCoordinateDescent.Options(
                    new float[] {1f}, backtracking, backtracking, AuxiliaryStart.FORWARD, 1);
            try (Trainer trainer = new BlockCoordinateDescent(
                    backend, network, theta, new Pairs(weak, weak, COUNT, WIDTH, WIDTH), options)) {
                double before = trainer.objective().total();
                for (int step = 0; step < 300; step++) {
                    trainer.step();
                }
                float tau = trainer.state().get("auxiliaries.coefficients").toArray()[0];
                assertThat(tau).isEqualTo(0.5f);
                assertThat(trainer.objective().total()).isLessThanOrEqualTo(before);
                assertThat(trainer.objective().nonzero()).containsOnly(0.0);
            }
        }
    }
}
