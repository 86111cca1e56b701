package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.bench.Ceilings;
import io.github.bitlift.bench.KernelBench;
import io.github.bitlift.bench.Measurement;
import io.github.bitlift.bench.Timing;
import io.github.bitlift.bench.Work;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench} prints and writes; never how long something took. */
class BenchCommandTest {
    private static final String FILTER = "784-64-64-10/100";

    @TempDir
    private Path folder;

    @Test
    void tableAndReportHoldEveryCase() {
        Path json = folder.resolve("bench.json");
        List<String> names = KernelBench.names(FILTER, true);
        CommandLineRun run = CommandLineRun.of(
                "bench", "--backend", "cpu", "--threads", "1", "--quick", "--filter", FILTER, "--json", json.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("device: cpu, 1 thread", "ceilings: ").contains(names);
        assertThat(run.err()).contains(names);
        JsonNode report = Json.read(json);
        assertThat(report.get("backend").asText()).isEqualTo("cpu");
        assertThat(report.get("bytes_per_second").asDouble()).isPositive();
        assertThat(report.get("cases")).extracting(each -> each.get("name").asText()).isEqualTo(names);
        boolean ceiling = report.get("flops_per_second").isNumber();
        for (JsonNode each : report.get("cases")) {
            assertThat(each.get("least").asDouble()).isPositive().isLessThanOrEqualTo(each.get("seconds").asDouble());
            assertThat(each.get("most").asDouble()).isGreaterThanOrEqualTo(each.get("seconds").asDouble());
            assertThat(each.get("flops").asLong()).isPositive();
            assertThat(each.get("bytes").asLong()).isPositive();
            assertThat(each.get("roofline").isNumber()).isEqualTo(ceiling);
            assertThat(each.get("bound").isTextual()).isEqualTo(ceiling);
        }
    }

    @Test
    void unsteadyMeasurementsAreMarked() {
        Measurement steady = new Measurement("steady", new Work(1, 1), Timing.of(new double[] {2, 2, 1, 2, 3}, 1));
        Measurement unsteady = new Measurement("unsteady", new Work(1, 1), Timing.of(new double[] {2, 2, 1, 2, 3.1}, 1));
        assertThat(table(steady)).doesNotContain("*");
        assertThat(table(steady, unsteady)).containsPattern("(?m)^steady [^*]*$").containsPattern("(?m)^unsteady .* 105 %\\* ")
                .containsPattern("(?m)^\\* unsteady: the 90th percentile ");
        // Of twenty samples two may be as slow as they like.
        double[] twenty = new double[20];
        Arrays.fill(twenty, 2);
        twenty[7] = 90;
        twenty[8] = 90;
        assertThat(Timing.of(twenty, 1).isUnsteady()).isFalse();
        twenty[9] = 90;
        assertThat(Timing.of(twenty, 1).isUnsteady()).isTrue();
    }

    private static String table(Measurement... measurements) {
        StringWriter text = new StringWriter();
        try (ReferenceBackend reference = new ReferenceBackend()) {
            new BenchReport(new Backends(reference, 1, null, "none"),
                    new KernelBench.Results(new Ceilings(1, OptionalDouble.empty()), List.of(measurements)))
                    .print(new PrintWriter(text, true));
        }
        return text.toString();
    }

    @Test
    void quietPrintsTheTableAlone() {
        CommandLineRun run = CommandLineRun.of("bench", "--backend", "cpu", "-q", "--quick", "--filter", "copy/");
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("copy/512x784");
    }

    /** Before anything is built or opened. */
    @Test
    void theEmulatedDeviceIsRefused() {
        CommandLineRun run = CommandLineRun.of(
                "bench", "-q", "--backend", "cuda", "--device", "emulated", "--quick", "--filter", "copy/");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("--device emulated").contains("times mean nothing").hasLineCount(1);
    }

    @Test
    void aFilterThatFitsNothingIsRefused() {
        CommandLineRun run = CommandLineRun.of("bench", "--filter", "nonsense");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("--filter nonsense").hasLineCount(1);
    }
}
