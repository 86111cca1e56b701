package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.cuda.EmulatorBuild;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A kernel that is changed by one rounding, or one order of addition, is caught by {@code verify}. */
class ChangedKernelTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '!', value = {
        "reduce ! reduce ! reduce.cu ! double d = a - b; ! double d = (float)(a - b);"
                + " ! reduce, squared_distance \\d+x\\d+ NORMAL: operand 2",
        "column_sum ! column_sum ! numerics.cuh ! int SEGMENT = 1024; ! int SEGMENT = 512;"
                + " ! column_sum, 1024x33 NORMAL: operand 1",
        "product ! product|epilogue|tanh|soft_threshold|identity ! product_tile.cuh"
                + " ! each([&](int r, int c) { out[r][c] = fused(x[r], y[c][k], out[r][c]); });"
                + " ! each([&](int r, int c) { out[r][c] = x[r] * y[c][k] + out[r][c]; });"
                + " ! product, \\w+ \\d+x\\d+x\\d+ NORMAL: operand 0",
    })
    void verifyNamesWhatDiffersFirst(
            String operation, String kernels, String file, String from, String to, String first) throws Exception {
        CommandLineRun run = verify(operation, changed(kernels, file, from, to));
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(run.out())
                .containsPattern("(?m)^first difference: " + first + ", index \\d+: [0-9a-f]+, expected [0-9a-f]+")
                .contains("repeat: ./bitlift verify --backend cuda --device emulated --order forward"
                        + " --operation " + operation)
                .contains("differ from the reference");
    }

    @Test
    void anUnchangedKernelAgrees() throws Exception {
        assertThat(verify("column_sum", Emulator.build()).code()).isZero();
    }

    private CommandLineRun verify(String operation, Path driver) throws Exception {
        return ChildJvm.run(folder, List.of("bitlift.emulator=" + driver), "verify", "--quiet", "--backend", "cuda",
                "--device", "emulated", "--order", "forward", "--operation", operation);
    }

    /** A driver with the named kernel files alone, one changed. */
    private Path changed(String names, String file, String from, String to) throws IOException {
        EmulatorBuild.obstacle().ifPresent(why -> Assumptions.assumeTrue(false, "skipped: " + why));
        Path out = folder.resolve("emulator");
        Path kernels = folder.resolve("kernels");
        copy(Emulator.home().resolve("kernels"), kernels, ".*\\.cuh|(" + names + ")\\.cu");
        String source = Files.readString(kernels.resolve(file));
        assertThat(source).as("what this test changes").containsOnlyOnce(from);
        Files.writeString(kernels.resolve(file), source.replace(from, to));
        return new EmulatorBuild(Emulator.home(), out, List.of(kernels)).run();
    }

    private static void copy(Path from, Path to, String names) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(each -> each.getFileName().toString().matches(names)).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
