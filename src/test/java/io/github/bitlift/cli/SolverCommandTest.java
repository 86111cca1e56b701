package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train} with the solvers that minimise over blocks or average, growing weights, and stopping before the last step. */
class SolverCommandTest {
    private static final String EXACT = "--solver bcd-exact --inner 4 --widths 784,6,5,784 --init-z forward";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.write(folder.resolve("data"));
    }

    /** Also where the run was stopped in the middle of a write, and with what decides when to stop. */
    @ParameterizedTest
    @ValueSource(strings = {
        EXACT,
        EXACT + " --strategy classical",
        "--solver admm --admm-penalty 0.5 --inner 3 --widths 784,6,784 --init-z gaussian",
        "--solver averaging --batch 4 --inner 3 --widths 784,6,784",
        "--solver bcd --mu-rate 0.5 --mu-every 2 --widths 784,6,784",
        EXACT + " --mu-rate 0.5 --mu-every 2",
        EXACT + " --stop-stall 0.9 --stop-patience 3"
    })
    void anInterruptedRunEndsWithTheSameBits(String options) throws IOException {
        String all = options + " --steps 5 --log-every 1 --backend cpu --threads 2";
        assertThat(train("whole", all).err()).isEmpty();
        assertThat(train("reference", options + " --steps 5 --log-every 1 --backend reference").code()).isZero();
        assertThat(digest("reference")).isEqualTo(digest("whole"));
        assertThat(rowsWithoutRates("reference")).isEqualTo(rowsWithoutRates("whole"));
        for (long stop : new long[] {1, 3}) {
            String name = "stopped" + stop;
            CommandLineRun.interrupted(
                    step -> {
                        if (step == stop) {
                            throw new IllegalStateException("interrupted");
                        }
                    },
                    args(name, all + " --checkpoint-every 0"));
            assertThat(CommandLineRun.of("train", "--quiet", "--resume", "--out", path(name)).err()).isEmpty();
            assertThat(digest(name)).isEqualTo(digest("whole"));
            assertThat(rowsWithoutRates(name)).isEqualTo(rowsWithoutRates("whole"));
            assertThat(report(name).get("stopped")).isEqualTo(report("whole").get("stopped"));
        }
    }

    @Test
    void saysWhatStoppedIt() throws IOException {
        assertThat(train("count", EXACT + " --steps 2").out()).contains("stopped by  count").contains("residuals   theta ");
        assertThat(report("count").get("stopped").asText()).isEqualTo("count");
        double theta = report("count").get("residuals").get("theta").get(0).asDouble();
        assertThat(theta).isPositive();
        train("stationary", EXACT + " --steps 9 --stop-stationarity 1000");
        assertThat(report("stationary").get("stopped").asText()).isEqualTo("stationarity");
        assertThat(report("stationary").get("steps").asInt()).isEqualTo(1);
        train("stall", EXACT + " --steps 9 --stop-stall 0.999 --stop-patience 2 --stop-every 2");
        assertThat(report("stall").get("stopped").asText()).isEqualTo("stall");
        assertThat(report("stall").get("steps").asInt()).isEqualTo(6);
        assertThat(rowsWithoutRates("stall")).last().asString().startsWith("6,");
    }

    @Test
    void aRunThatStoppedStaysThereWhenResumed() throws IOException {
        train("a", EXACT + " --steps 9 --stop-stall 0.999 --stop-patience 2");
        String digest = digest("a");
        List<String> rows = rowsWithoutRates("a");
        assertThat(CommandLineRun.of("train", "--quiet", "--resume", "--out", path("a")).err()).isEmpty();
        assertThat(digest("a")).isEqualTo(digest);
        assertThat(rowsWithoutRates("a")).isEqualTo(rows);
        assertThat(report("a").get("stopped").asText()).isEqualTo("stall");
        assertThat(CommandLineRun.of("train", "--quiet", "--resume", "--out", path("a"), "--stop-patience", "4").code())
                .isZero();
        assertThat(report("a").get("steps").asInt()).isEqualTo(5);
    }

    @Test
    void aRunThatDivergesLeavesAReport() throws IOException {
        CommandLineRun run = train("a", "--optimizer proximal-gradient --lr 1e30 --steps 9 --widths 784,6,784");
        assertThat(run.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(report("a").get("stopped").asText()).isEqualTo("divergence");
    }

    @Test
    void reportsAdmmsResidualsAndGrownWeights() throws IOException {
        train("a", "--solver admm --inner 3 --widths 784,6,784 --steps 2 --mu-rate 0.5 --mu-every 1 --log-every 1");
        assertThat(rowsWithoutRates("a").get(0)).endsWith(",residual_theta,residual_z,admm_primal,admm_dual,mu_1");
        JsonNode report = report("a");
        assertThat(report.get("residuals").get("admm_primal")).hasSize(1);
        assertThat(report.get("residuals").get("admm_dual")).hasSize(1);
        assertThat(report.get("mu").get(0).asDouble()).isGreaterThan(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--solver bcd-exact --batch 4 | --batch 4: --solver bcd-exact works on all images at once",
        "--solver admm --batch 4 | --batch 4: --solver admm works on all images at once",
        "--solver bcd-exact --optimizer adam | --optimizer adam: --solver bcd-exact takes proximal-gradient alone",
        "--solver averaging --optimizer nesterov | --solver averaging takes proximal-gradient alone",
        "--solver bcd-exact --step-size fixed | --step-size fixed: --solver bcd-exact takes norms alone",
        "--solver bcd-exact --strategy mac-qp | --strategy mac-qp has sub-problems that aren't convex",
        "--solver admm --strategy classical | expected --strategy bregman or fenchel",
        "--solver bcd-exact --parameter-regulariser l1 | not defined with --solver bcd-exact",
        "--solver averaging --parameter-regulariser l1 | not defined with --solver averaging",
        "--solver bcd-exact --tolerance 1 | --tolerance 1: expected at least 0 and less than 1",
        "--solver bcd-exact --inner 0 | --inner 0",
        "--solver admm --admm-penalty 0 | --admm-penalty 0",
        "--solver averaging --tau -1 | --tau -1",
        "--solver averaging --batch 13 | --batch 13: expected 1 to 12",
        "--solver admmm | did you mean admm?",
        "--mu-max 3 | --mu-max 3.0: expected with --mu-rate",
        "--mu-every 3 | --mu-every 3: expected with --mu-rate",
        "--mu-rate 0 | --mu-rate 0",
        "--mu-rate 1 --mu 2 --mu-max 1 | --mu-max 1.0: expected at least 2.0, the largest --mu",
        "--mu-rate 1 --sparsity 0.1 | --mu-rate 1.0: not defined with --sparsity",
        "--mu-rate 1 --strategy classical | --mu-rate 1.0: not defined with --strategy classical",
        "--mu-rate 1 --parameter-regulariser l1 --parameter-weight 0.1 | --mu-rate 1.0: not defined with --parameter-regulariser",
        "--mu-rate 1 --stop-stall 0.1 | --stop-stall 0.1: not defined with --mu-rate",
        "--strategy contrastive --batch 4 --relaxation 1.5 | --relaxation 1.5: expected at most 1",
        "--stop-stationarity 0 | --stop-stationarity 0",
        "--stop-stall 1 | --stop-stall 1: expected at least 0 and less than 1",
        "--stop-patience 3 --stop-stationarity 1 | --stop-patience 3: expected with --stop-stall",
        "--stop-every 3 | --stop-every 3: expected with --stop-stationarity or --stop-stall",
        "--stop-patience 0 | --stop-patience 0",
        "--stop-every 0 | --stop-every 0",
        "--lr 0.1 --mu 1 --lr 0.2 | --lr: given twice, expected once",
    })
    void refusesOptions(String options, String expected) {
        CommandLineRun run = train("a", options);
        assertThat(run.err()).startsWith("bitlift: ").contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private CommandLineRun train(String name, String options) {
        return CommandLineRun.of(args(name, options));
    }

    private String[] args(String name, String options) {
        List<String> args = new ArrayList<>(
                List.of("train", "--quiet", "--data", data.toString(), "--no-pictures", "--out", path(name)));
        args.addAll(List.of(options.split(" ")));
        return args.toArray(String[]::new);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode report(String name) {
        return Json.read(folder.resolve(name).resolve("report.json"));
    }

    private String digest(String name) {
        return report(name).get("digest").asText();
    }

    private List<String> rowsWithoutRates(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name).resolve("metrics.csv")).stream()
                .map(row -> row.substring(0, row.lastIndexOf(',')))
                .toList();
    }
}
