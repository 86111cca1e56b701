package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    Path folder;

    /** A disk that takes {@code room} bytes. */
    static OutputStream full(OutputStream out, int room) {
        return new FilterOutputStream(out) {
            private int left = room;

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int fits = Math.min(left, length);
                out.write(bytes, offset, fits);
                left -= fits;
                if (fits < length) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }

    private static AtomicFile.Writer text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesAndReplaces() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFile.write(file, text("first"));
        AtomicFile.write(file, text("second"));
        assertThat(file).hasContent("second");
        assertThat(folder).isDirectoryNotContaining("glob:**/.bitlift-*");
    }

    @Test
    void newFilesHaveOrdinaryPermissions() throws IOException {
        Path ordinary = Files.createFile(folder.resolve("ordinary"));
        AtomicFile.write(folder.resolve("ours"), text("x"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("ours")))
                .isEqualTo(Files.getPosixFilePermissions(ordinary));
    }

    @Test
    void followsLinks() throws IOException {
        Path file = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFile.write(link, text("new"));
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void fullDiskLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("model"), "old");
        for (int room : new int[] {0, 1, 1 << 16, 199_999}) {
            AtomicFile.Writer body = out -> out.write(new byte[200_000]);
            Refusal.of(folder, () -> AtomicFile.write(file, body, out -> full(out, room)),
                    "model", "No space left on device");
        }
        assertThat(file).hasContent("old");
    }

    @Test
    void failingBodyLeavesNothing() {
        Refusal.of(folder, () -> AtomicFile.write(folder.resolve("new"), out -> {
            out.write(1);
            throw new IOException("broken source");
        }), "new", "broken source");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("new"), out -> {
            throw new IllegalStateException("a defect");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fullDeviceIsWrittenDirectly() {
        Path device = Path.of("/dev/full");
        assumeTrue(Files.exists(device) && Files.isWritable(device), "/dev/full is not there");
        Refusal.of(folder, () -> AtomicFile.write(device, text("x")), "/dev/full", "No space left on device");
        assertThat(device).exists();
    }

    @Test
    void unwritableTargetsAreRefused() throws IOException {
        Files.writeString(folder.resolve("file"), "x");
        Refusal.of(folder, () -> AtomicFile.write(folder, text("x")), "is a folder");
        Refusal.of(folder, () -> AtomicFile.write(folder.resolve("none/a"), text("x")), "does not exist");
        Refusal.of(folder, () -> AtomicFile.write(folder.resolve("file/a"), text("x")), "is not a folder");
    }

    @Test
    void readOnlyFolderIsRefused() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeTrue(!Files.isWritable(locked), "the superuser may write anywhere");
            Refusal.of(folder, () -> AtomicFile.write(locked.resolve("a"), text("x")), "permission denied");
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void removesWhatAKilledProcessLeft() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createFile(folder.resolve(".bitlift-" + gone.pid() + "-0.tmp"));
        Path living = Files.createFile(folder.resolve(".bitlift-" + ProcessHandle.current().pid() + "-7.tmp"));
        Path other = Files.createFile(folder.resolve(".bitlift-mine.tmp"));
        AtomicFile.write(folder.resolve("a"), text("x"));
        assertThat(Refusal.contents(folder).keySet()).containsExactlyInAnyOrder("", "a",
                living.getFileName().toString(), other.getFileName().toString());
    }

    @Test
    void concurrentWritersLeaveOneWholeFile() {
        Path file = folder.resolve("shared");
        List<String> texts = IntStream.range(0, 16).mapToObj(i -> Integer.toString(i).repeat(100_000)).toList();
        texts.parallelStream().forEach(each -> AtomicFile.write(file, text(each)));
        assertThat(texts).contains(assertThat(file).content(StandardCharsets.UTF_8).actual());
        assertThat(Refusal.contents(folder)).hasSize(2);
    }
}
