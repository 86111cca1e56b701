package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.cli.Main;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the emulated driver can't be built, one line says why. */
class EmulatorObstacleTest {
    @TempDir
    private Path folder;

    @Test
    void missingProgramsAreNamed() throws IOException {
        assertThat(EmulatorBuild.programObstacle(folder.toString())).contains(
                "the emulated CUDA driver is built with g++ and make, and g++ and make are missing; apt-get install g++ make");
        Path make = Files.createFile(folder.resolve("make"));
        assertThat(make.toFile().setExecutable(true)).isTrue();
        assertThat(EmulatorBuild.programObstacle("/nowhere:" + folder)).contains(
                "the emulated CUDA driver is built with g++ and make, and g++ is missing; apt-get install g++ make");
    }

    @Test
    void anOldProcessorIsTold() throws IOException {
        Path description = folder.resolve("cpuinfo");
        Files.writeString(description, "processor\t: 0\nflags\t\t: fpu sse4_2 avx\n");
        assertThat(EmulatorBuild.processorObstacle(description)).hasValueSatisfying(why ->
                assertThat(why).contains("needs a processor with AVX2 and FMA", "no avx2 and no fma", "--backend cpu"));
        Files.writeString(description, "processor\t: 0\nflags\t\t: fpu fma avx avx2 bmi2\n");
        assertThat(EmulatorBuild.processorObstacle(description)).isEmpty();
        assertThat(EmulatorBuild.processorObstacle(folder.resolve("missing"))).isEmpty();
    }

    @Test
    void theCommandLineSaysItInOneLine() throws IOException, InterruptedException {
        Path makefile = Path.of("native-build/emulator/Makefile");
        Files.createDirectories(folder.resolve(makefile).getParent());
        Files.copy(Emulator.home().resolve(makefile), folder.resolve(makefile));
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dbitlift.home=" + folder,
                "-cp", System.getProperty("java.class.path"), Main.class.getName(),
                "verify", "--backend", "cuda", "--device", "emulated"))
                .redirectError(errors.toFile()).redirectOutput(folder.resolve("results").toFile());
        builder.environment().put("PATH", folder.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(Files.readAllLines(errors)).singleElement().asString().contains("g++ and make are missing; apt-get install");
    }
}
