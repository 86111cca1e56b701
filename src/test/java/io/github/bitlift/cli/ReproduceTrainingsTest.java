package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.io.InputException;
import io.github.bitlift.reproduce.Trainings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training runs within an experiment are those of {@code bitlift train}, and go on where they were interrupted. */
class ReproduceTrainingsTest {
    private static final long SEED = 7;
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private List<String> options;
    private Backends backends;

    @BeforeEach
    void open() throws IOException {
        options = List.of(
                "--data", TinyData.write(folder.resolve("data")).toString(), "--images", "5", "--validation", "3",
                "--widths", "784,6,784", "--init-z", "forward", "--steps", "" + STEPS, "--log-every", "2",
                "--checkpoint-every", "0");
        BackendOptions cpu = new BackendOptions();
        cpu.backend = "cpu";
        cpu.threads = 1;
        backends = Backends.open(cpu, new PrintWriter(Writer.nullWriter()));
    }

    @AfterEach
    void close() {
        backends.close();
    }

    private Trainings trainings(String out, boolean resume, LongConsumer afterStep) {
        return new ReproduceTrainings(
                backends, folder.resolve(out), SEED, resume, false, new PrintWriter(Writer.nullWriter()), true, afterStep);
    }

    @Test
    void anInterruptedRunGoesOnToTheSameBits() {
        Trainings.Training whole = trainings("whole", false, step -> {}).run("a", options);
        assertThatThrownBy(() -> trainings("cut", false, step -> {
            if (step == STEPS / 2) {
                throw new IllegalStateException("interrupted");
            }
        }).run("a", options)).hasMessage("interrupted");
        List<Long> taken = new ArrayList<>();
        Trainings.Training resumed = trainings("cut", true, taken::add).run("a", options);
        assertThat(taken).containsExactly(4L, 5L, 6L);
        assertThat(resumed.digest()).isEqualTo(whole.digest());
        assertThat(resumed.metrics().column("objective")).isEqualTo(whole.metrics().column("objective"));
    }

    @Test
    void aRunGoesOnFromAnEarlierOneToTheSameBits() {
        List<String> half = new ArrayList<>(options);
        half.set(half.indexOf("--steps") + 1, "" + STEPS / 2);
        Trainings.Training whole = trainings("whole", false, step -> {}).run("a", options);
        List<Long> taken = new ArrayList<>();
        Trainings parts = trainings("parts", false, taken::add);
        Trainings.Training earlier = parts.run("a", half);
        Trainings.Training further = parts.further("a", "b", options);
        assertThat(taken).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(further.digest()).isEqualTo(whole.digest()).isNotEqualTo(earlier.digest());
        assertThat(further.metrics().column("objective")).endsWith(whole.metrics().last("objective"));
        assertThat(trainings("parts", true, step -> {}).run("a", half).digest()).isEqualTo(earlier.digest());
        assertThat(trainings("parts", true, step -> {}).further("a", "b", options).digest()).isEqualTo(whole.digest());
    }

    @Test
    void itGoesOnToASmallerLossAndNoFurtherThanThat() {
        double[] losses = trainings("whole", false, step -> {}).run("a", options).metrics().column("mse_train");
        List<String> first = stoppingAt(losses[1]);
        List<String> second = stoppingAt(losses[2]);
        List<Long> taken = new ArrayList<>();
        Trainings parts = trainings("parts", false, taken::add);
        parts.run("a", first);
        assertThat(taken).containsExactly(1L, 2L);
        Trainings.Training further = parts.further("a", "b", second);
        assertThat(taken).containsExactly(1L, 2L, 3L, 4L);
        assertThat(further.digest()).isEqualTo(trainings("alone", false, step -> {}).run("b", second).digest());
        assertThat(parts.further("b", "c", first).digest()).isEqualTo(further.digest());
        assertThat(taken).hasSize(4);
    }

    private List<String> stoppingAt(double loss) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--stop-loss", "" + loss));
        return all;
    }

    @Test
    void theCommandSaidRepeatsTheRun() {
        Trainings.Training run = trainings("a", false, step -> {}).run("a", options);
        List<String> words = new ArrayList<>(List.of(run.command().split(" ")));
        assertThat(words.remove(0)).isEqualTo("./bitlift");
        words.addAll(List.of("--no-pictures", "--out", folder.resolve("again").toString()));
        CommandLineRun again = CommandLineRun.of(words.toArray(String[]::new));
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains(run.digest());
    }

    @Test
    void aRunWithOtherOptionsIsNotResumed() {
        trainings("a", false, step -> {}).run("a", options);
        List<String> others = new ArrayList<>(options);
        others.addAll(List.of("--lambda", "0.5"));
        assertThatThrownBy(() -> trainings("a", true, step -> {}).run("a", others))
                .isInstanceOf(InputException.class).hasMessageContaining("holds a run with other options");
    }
}
