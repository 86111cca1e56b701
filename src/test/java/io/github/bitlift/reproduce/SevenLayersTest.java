package io.github.bitlift.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.bench.WorkCounter;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What is said before a run starts, against what a step then does. */
class SevenLayersTest {
    private static final int SAMPLES = 60;
    private static final int WIDTH = 784;
    private static final Optimizer ADAM = Optimizer.fixed(Optimizer.Kind.ADAM, 8e-4);

    @Test
    void aLiftedStepTakesWhatIsSaid() {
        Counting counting = new Counting();
        step(counting, (network, theta) -> new BlockCoordinateDescent(
                counting, network, theta, pairs(), new BlockCoordinateDescent.Options(
                        new float[] {1, 1, 1, 1, 1, 1}, ADAM, ADAM, AuxiliaryStart.INPUT, 1)));
        requireShare(counting.flops, SevenLayers.liftedStep(SAMPLES));
        assertThat((double) counting.bytes)
                .isBetween(SevenLayers.liftedBytes(SAMPLES), 1.001 * SevenLayers.liftedBytes(SAMPLES));
    }

    @Test
    void aConventionalStepTakesWhatIsSaid() {
        Counting counting = new Counting();
        step(counting, (network, theta) ->
                new ConventionalTraining(counting, network, theta, new Batches(pairs(), SAMPLES, 1), ADAM));
        requireShare(counting.flops, SevenLayers.conventionalStep(SAMPLES));
    }

    /** Products are nearly all there is. */
    private static void requireShare(long counted, double said) {
        assertThat((double) counted).isBetween(said, 1.1 * said);
    }

    private static void step(Counting counting, BiFunction<Network, Parameters, Trainer> method) {
        int[] widths = Collections.nCopies(8, WIDTH).stream().mapToInt(Integer::intValue).toArray();
        try (counting; Parameters theta = new Parameters(counting, widths);
                Trainer trainer = method.apply(
                        Mlp.of(theta, Collections.nCopies(6, new SoftThreshold(0.02f))), theta)) {
            counting.flops = 0;
            trainer.step();
        }
    }

    private static Pairs pairs() {
        return new Pairs(new float[SAMPLES * WIDTH], new float[SAMPLES * WIDTH], SAMPLES, WIDTH, WIDTH);
    }

    /** Counts what is allocated and what programs do. */
    private static final class Counting implements Backend {
        private final Backend cpu = new CpuBackend();
        private long bytes;
        private long flops;

        @Override
        public String name() {
            return cpu.name();
        }

        @Override
        public String description() {
            return cpu.description();
        }

        @Override
        public Buffer allocate(long length) {
            bytes += Float.BYTES * length;
            return cpu.allocate(length);
        }

        @Override
        public Sums allocateSums(int slots) {
            return cpu.allocateSums(slots);
        }

        @Override
        public Program compile(List<? extends Operation> operations) {
            long work = WorkCounter.of(operations).flops();
            Program program = cpu.compile(operations);
            return new Program() {
                @Override
                public void run() {
                    flops += work;
                    program.run();
                }

                @Override
                public void close() {
                    program.close();
                }
            };
        }

        @Override
        public void close() {
            cpu.close();
        }
    }
}
