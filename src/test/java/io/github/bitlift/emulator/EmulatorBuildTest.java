package io.github.bitlift.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.EmulatorBuild;
import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds notice what changed, refuse what they can't do, and don't get in each other's way. */
class EmulatorBuildTest {
    private static final String KERNEL = "extern \"C\" __global__ void one(int* out) { out[threadIdx.x] = 1; }\n";

    /** With a blank in its name, which make can't cope with by itself. */
    @TempDir
    private Path parent;

    private Path home;
    private Path kernel;
    private Path library;

    @BeforeEach
    void sources() throws IOException {
        EmulatorBuild.obstacle().ifPresent(why -> assumeTrue(false, "skipped: " + why));
        home = Files.createDirectory(parent.resolve("a home"));
        copy(Emulator.home().resolve("native-build/emulator"), home.resolve("native-build/emulator"));
        kernel = Files.createDirectory(home.resolve("kernels")).resolve("one.cu");
        Files.writeString(kernel, KERNEL);
        library = home.resolve("target/emulator/libbitlift-kernels.so");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private EmulatorBuild build() {
        return new EmulatorBuild(home, home.resolve("target/emulator"), List.of(home.resolve("kernels")));
    }

    private FileTime library() throws IOException {
        return Files.getLastModifiedTime(library);
    }

    @Test
    void buildsTogetherAndRenewsOnlyWhatChanged() throws IOException, InterruptedException, ExecutionException {
        ExecutorService both = Executors.newFixedThreadPool(2);
        Future<Path> first = both.submit(() -> build().run()), second = both.submit(() -> build().run());
        assertThat(first.get()).isEqualTo(second.get()).isEqualTo(home.resolve("target/emulator"));
        both.shutdown();
        FileTime built = library();
        build().run();
        assertThat(library()).isEqualTo(built);
        Files.writeString(home.resolve("kernels/two.cu"), KERNEL.replace("one", "two"));
        build().run();
        assertThat(library()).isGreaterThan(built);
        FileTime withTwo = library();
        Files.delete(home.resolve("kernels/two.cu"));
        build().run();
        assertThat(library()).isGreaterThan(withTwo);

        Files.writeString(kernel, KERNEL.replace("1;", "2;"));
        Files.setLastModifiedTime(kernel, FileTime.fromMillis(0));
        byte[] before = Files.readAllBytes(library);
        build().run();
        assertThat(Files.readAllBytes(library)).as("a changed source counts whatever its date").isNotEqualTo(before);

        Files.writeString(kernel, "__global__ void unfindable(int* out) { out[0] = 1; }\n");
        assertThatThrownBy(() -> build().run()).isInstanceOf(BackendException.class).hasMessageContaining("one.cu")
                .hasMessageContaining("1 __global__ functions, but 0 of the form").hasMessageContaining("build.log");
        Files.writeString(kernel, KERNEL.replace("1;", "nothing;"));
        assertThatThrownBy(() -> build().run()).isInstanceOf(BackendException.class).hasMessageContaining("one.cu:1:")
                .hasMessageContaining("nothing").hasMessageContaining("build.log").message().doesNotContain("\n");

        Files.writeString(kernel, KERNEL);
        build().run();
        assertThat(doctor("bitlift.home", home)).containsPattern("(?m)^ok +CUDA emulated +ready");
        assertThat(doctor("bitlift.emulator", library.getParent())).containsPattern("(?m)^ok +CUDA emulated +ready");
        Files.write(library, Arrays.copyOf(Files.readAllBytes(library), 5000));
        assertThat(doctor("bitlift.home", home)).containsPattern("(?m)^missing +CUDA emulated .* -> apt-get install g\\+\\+ make");
        assertThat(doctor("bitlift.emulator", library.getParent()))
                .containsPattern("(?m)^missing +CUDA emulated .*libbitlift-kernels.so is damaged -> name a copy");

        // The same folder for another kind of build: nothing of the first is left.
        EmulatorBuild checked =
                new EmulatorBuild(home, home.resolve("target/emulator"), List.of(home.resolve("kernels")), Checks.ALL);
        List<String> remarks = new ArrayList<>();
        checked.run(remarks::add);
        assertThat(remarks).first().asString().contains("libbitlift-kernels.so is damaged");
        remarks.clear();
        checked.run(remarks::add);
        assertThat(remarks).isEmpty();
        assertThat(Files.readString(home.resolve("target/emulator/build.log")))
                .contains("one.o", "driver.o", "src/block.cpp", "checks/races.cpp");
    }

    /** What it prints on a machine without any program. */
    private String doctor(String property, Path value) throws IOException, InterruptedException {
        Path report = parent.resolve("report");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-D" + property + "=" + value, "-cp",
                System.getProperty("java.class.path"), "io.github.bitlift.cli.Main", "doctor").redirectOutput(report.toFile());
        builder.environment().put("PATH", parent.toString());
        assertThat(builder.start().waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(report);
    }

    @Test
    void refusesAHomeWithoutSources() {
        assertThatThrownBy(() -> new EmulatorBuild(parent, parent.resolve("out"), List.of()).run())
                .isInstanceOf(BackendException.class).hasMessageContaining(parent.toString()).hasMessageContaining("bitlift.home");
    }
}
