package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTest {

    private static final List<String> COLUMNS = List.of("step", "objective", "psnr");

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("metrics.csv");
    }

    private void run(int from, int to) {
        try (Csv csv = from == 0 ? Csv.create(file(), COLUMNS) : Csv.resume(file(), COLUMNS, from - 1)) {
            for (int step = from; step < to; step++) {
                csv.append(step, 1.0 / (step + 1), (float) step / 3);
            }
        }
    }

    @Test
    void rowsAreThereAtOnce() {
        try (Csv csv = Csv.create(file(), COLUMNS)) {
            csv.append(0, 0.1, "n/a");
            assertThat(file()).hasContent("step,objective,psnr\n0,0.1,n/a\n");
        }
    }

    @Test
    void aResumedTableEqualsAnUninterruptedOne() throws IOException {
        run(0, 20);
        String whole = Files.readString(file());
        for (int cut = 1; cut <= 20; cut += 6) {
            run(0, 20);
            run(cut, 20);
            assertThat(file()).hasContent(whole);
        }
    }

    @Test
    void aRowCutOffIsDropped() throws IOException {
        run(0, 3);
        Files.writeString(file(), Files.readString(file()) + "3,0.2");
        run(3, 5);
        String resumed = Files.readString(file());
        run(0, 5);
        assertThat(file()).hasContent(resumed);
    }

    @Test
    void aMissingTableIsStarted() {
        Csv.resume(file(), COLUMNS, 7).close();
        assertThat(file()).hasContent("step,objective,psnr\n");
    }

    @Test
    void otherTablesAreRefused() throws IOException {
        Files.writeString(file(), "step,loss\n0,1\n");
        Refusal.of(folder, () -> Csv.resume(file(), COLUMNS, 7), "metrics.csv", "first line", "step,objective,psnr");
        Files.writeString(file(), "");
        Refusal.of(folder, () -> Csv.resume(file(), COLUMNS, 7), "first line");
        Files.writeString(file(), "step,objective,psnr\n0,1,2\n1,2\n");
        Refusal.of(folder, () -> Csv.resume(file(), COLUMNS, 7), "line 3 is not a row");
        Files.writeString(file(), "step,objective,psnr\nx,1,2\n");
        Refusal.of(folder, () -> Csv.resume(file(), COLUMNS, 7), "line 2 is not a row");
    }

    @Test
    void fullDiskIsOneLine() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "/dev/full is not there");
        Refusal.of(folder, () -> Csv.create(full, COLUMNS), "/dev/full", "No space left on device");
    }

    @Test
    void cellsThatWouldBreakTheTableAreRefused() {
        try (Csv csv = Csv.create(file(), COLUMNS)) {
            for (String text : new String[] {"a,b", "a\nb", "\""}) {
                assertThatThrownBy(() -> csv.append(0, text, 1)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("a cell can't hold");
            }
            assertThatThrownBy(() -> csv.append(1, 2)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 cells for 3 columns");
        }
        assertThat(file()).hasContent("step,objective,psnr\n");
    }

    @ParameterizedTest
    @CsvSource({"0.1,0.1", "1,1", "-0.0,-0.0", "0,0.0", "1e23,1E+23", "2e-3,0.002", "100,100", "1e-7,1E-7",
        "NaN,NaN", "-Infinity,-Infinity", "123456.789,123456.789", "4.9e-324,5E-324",
        "1.7976931348623157e308,1.7976931348623157E+308"})
    void numbersAreShort(double value, String text) {
        assertThat(Csv.number(value)).isEqualTo(text);
    }

    @Test
    void numbersReadBackToTheSameBits() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            float single = Float.intBitsToFloat(random.nextInt());
            double wide = Double.longBitsToDouble(random.nextLong());
            assertThat(Float.parseFloat(Csv.number(single))).isEqualTo((Float) single);
            assertThat(Double.parseDouble(Csv.number(wide))).isEqualTo((Double) wide);
        }
        assertThat(Csv.number(0.1f)).isEqualTo("0.1");
        assertThat(Csv.number(7L)).isEqualTo("7");
    }
}
