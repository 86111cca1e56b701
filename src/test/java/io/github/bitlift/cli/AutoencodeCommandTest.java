package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --task autoencode} with the convolutional autoencoder, and {@code --stop-loss}. */
class AutoencodeCommandTest {
    private static final int PER_EPOCH = 3;

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.write(folder.resolve("data"));
    }

    private CommandLineRun train(String out, String options) {
        List<String> args = new ArrayList<>(List.of(
                "train", "--task", "autoencode", "--architecture", "convolutional-autoencoder", "--widths", "28,28,1,2,3,5",
                "--strategy", "backprop", "--batch", "4", "--lr", "0.01", "--no-pictures", "--backend", "cpu", "--data",
                data.toString(), "--out", folder.resolve(out).toString()));
        args.addAll(List.of(options.split(" ")));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private JsonNode report(String out) {
        return Json.read(folder.resolve(out).resolve("report.json"));
    }

    private MetricsTable table(String out) {
        return MetricsTable.read(folder.resolve(out).resolve("metrics.csv"));
    }

    @Test
    void theTargetsAreTheInputs() {
        CommandLineRun run = train("run", "--epochs 4");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("MSE         training ").contains("stopped by  count");
        JsonNode report = report("run");
        assertThat(report.get("psnr_input").isNull()).as("the inputs have no error").isTrue();
        assertThat(report.get("options").get("activation").asText()).isEqualTo("relu");
        assertThat(table("run").column("step")).as("a row per epoch").containsExactly(0, 3, 6, 9, 12);
        double[] mse = table("run").column("mse_train");
        assertThat(mse[4]).isLessThan(mse[0]);
    }

    @Test
    void itStopsAfterTheEpochWhoseLossIsSmallEnough() {
        assertThat(train("whole", "--epochs 6 --log-every 100").code()).isZero();
        assertThat(train("epochs", "--epochs 6").code()).isZero();
        double[] mse = table("epochs").column("mse_train");
        double least = Double.POSITIVE_INFINITY;
        int expected = 0;
        for (int epoch = 1; epoch <= 3; epoch++) {
            if (mse[epoch] < least) {
                least = mse[epoch];
                expected = epoch;
            }
        }
        CommandLineRun run = train("stopped", "--epochs 6 --log-every 100 --stop-loss " + least);
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("stopped by  loss");
        assertThat(report("stopped").get("steps").asLong()).isEqualTo((long) expected * PER_EPOCH);
        assertThat(report("stopped").get("mse_train").asDouble()).isEqualTo(least);

        String stopped = report("stopped").get("digest").asText();
        String out = folder.resolve("stopped").toString();
        CommandLineRun again = CommandLineRun.of("train", "--resume", "--no-pictures", "--backend", "cpu", "--out", out);
        assertThat(again.code()).isZero();
        assertThat(report("stopped").get("digest").asText()).as("it has ended").isEqualTo(stopped);
        CommandLineRun on = CommandLineRun.of(
                "train", "--resume", "--no-pictures", "--backend", "reference", "--stop-loss", "1e-9", "--out", out);
        assertThat(on.code()).isZero();
        assertThat(report("stopped").get("digest")).isEqualTo(report("whole").get("digest"));
    }

    @Test
    void itsModelRestoresAndNothingIsDegraded() throws IOException {
        assertThat(train("run", "--steps 2").code()).isZero();
        String model = folder.resolve("run/model.safetensors").toString();
        CommandLineRun refused = CommandLineRun.of("restore", model, "x.png", "--degrade", "autoencode");
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(refused.err().lines()).hasSize(1);
        io.github.bitlift.io.Png.write(folder.resolve("x.png"), new io.github.bitlift.io.GreyImage(28, 28, new float[784]));
        CommandLineRun run = CommandLineRun.of("restore", model, folder.resolve("x.png").toString(), "--out",
                folder.resolve("restored").toString(), "--backend", "cpu");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
