package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JCuda's native library: where it is unpacked, and how a fresh JVM loads it. */
class NativesTest {
    private static final byte[] CONTENT = "a library".repeat(10_000).getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void unpacksOnceIntoPrivateFolders() throws IOException {
        Path base = folder.resolve("cache/bitlift");
        Path file = UnpackedLibrary.in(base, "lib.so", CONTENT);
        assertThat(file).hasBinaryContent(CONTENT);
        for (Path part : List.of(base, file.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part))).isEqualTo("rwx------");
        }
        Object identity = Files.readAttributes(file, "unix:ino").get("ino");
        assertThat(UnpackedLibrary.in(base, "lib.so", CONTENT)).isEqualTo(file);
        assertThat(Files.readAttributes(file, "unix:ino")).containsEntry("ino", identity);
    }

    @Test
    void replacesADamagedFileAndAPlantedLink() throws IOException {
        Path file = UnpackedLibrary.in(folder.resolve("bitlift"), "lib.so", CONTENT);
        Files.write(file, new byte[0]);
        assertThat(UnpackedLibrary.in(folder.resolve("bitlift"), "lib.so", CONTENT)).hasBinaryContent(CONTENT);
        Path elsewhere = Files.write(folder.resolve("elsewhere"), CONTENT);
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        UnpackedLibrary.in(folder.resolve("bitlift"), "lib.so", CONTENT);
        assertThat(file).isRegularFile();
        assertThat(Files.isSymbolicLink(file)).isFalse();
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesAFolderThatIsALink() throws IOException {
        Files.createDirectory(folder.resolve("target"));
        Files.createSymbolicLink(folder.resolve("bitlift"), folder.resolve("target"));
        assertThatThrownBy(() -> UnpackedLibrary.in(folder.resolve("bitlift"), "lib.so", CONTENT))
                .isInstanceOfAny(IOException.class, UnsupportedOperationException.class);
    }

    @Test
    void manyMayUnpackAtOnce() {
        List<byte[]> seen = IntStream.range(0, 64).parallel().mapToObj(i -> {
            try {
                return Files.readAllBytes(UnpackedLibrary.in(folder.resolve("bitlift"), "lib.so", CONTENT));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }).toList();
        assertThat(seen).allMatch(bytes -> Arrays.equals(bytes, CONTENT));
    }

    @Test
    void aFreshJvmSaysWhyThereIsNoDriverAndCanThenUseTheEmulatedOne() throws Exception {
        assumeTrue(Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib", "/usr/local/nvidia/lib64")
                .noneMatch(place -> Files.exists(Path.of(place, "libcuda.so.1"))), "skipped: NVIDIA's driver is installed");
        Path emulator = Emulator.build();
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"), "-Dbitlift.emulator=" + emulator, "-Djava.io.tmpdir=" + folder,
                Child.class.getName()).redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(folder.resolve("out"))).containsExactly(
                "cuda: no NVIDIA driver (libcuda.so.1 not found); install the driver (e.g. nvidia-driver-535 or newer), "
                        + "or use --backend cpu (same bits)",
                "[cuda: no NVIDIA driver (libcuda.so.1 not found); install the driver (e.g. nvidia-driver-535 or newer), "
                        + "or use --backend cpu (same bits)] []",
                "emulated driver, order forward",
                "[0.0, 0.0, 0.0]",
                "cuda: this JVM runs on the emulated driver and can't use a GPU any more; "
                        + "start another, or use --device emulated",
                folder.toString());
        assertThat(child.exitValue()).isZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("JCuda unpacked nothing of its own").containsExactly(folder.resolve("out"));
        }
    }

    /** What the child JVM does. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            refusal();
            CudaDevices found = CudaDevices.find();
            System.out.println(List.of(found.problem()) + " " + found.devices());
            try (Backend cuda = CudaBackend.open("emulated"); var buffer = cuda.allocate(3)) {
                System.out.println(cuda.description());
                float[] values = {1, 2, 3};
                buffer.read(0, values, 0, 3);
                System.out.println(Arrays.toString(values));
            }
            refusal();
            System.out.println(System.getProperty("java.io.tmpdir"));
        }

        private static void refusal() {
            try {
                CudaBackend.open("0").close();
                System.out.println("opened");
            } catch (BackendException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
