package io.github.bitlift.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.io.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {

    @TempDir
    Path folder;

    private Path written(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private void refused(byte[] bytes, String... parts) throws IOException {
        Path plain = written("x-ubyte", bytes);
        Refusal.of(folder, () -> Idx.images(plain), parts);
        Path zipped = written("x-ubyte.gz", IdxFiles.gzip(bytes));
        Refusal.of(folder, () -> Idx.images(zipped), parts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-ubyte", "x-ubyte.gz"})
    void readsImages(String name) throws IOException {
        byte[] bytes = IdxFiles.images(7, 5, 3, 1);
        Idx.Images images = Idx.images(written(name, name.endsWith(".gz") ? IdxFiles.gzip(bytes) : bytes), 5, 3);
        assertThat(images.count()).isEqualTo(7);
        assertThat(images.pixels()).isEqualTo(Arrays.copyOfRange(bytes, 16, bytes.length));
    }

    @Test
    void readsLabels() throws IOException {
        assertThat(Idx.labels(written("l", IdxFiles.labels(12)))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    }

    @Test
    void labelsAboveNineAreRefused() throws IOException {
        byte[] bytes = IdxFiles.labels(12);
        bytes[8 + 5] = (byte) 200;
        Path file = written("l", bytes);
        Refusal.of(folder, () -> Idx.labels(file), "label 200 at index 5", "0 to 9");
    }

    @Test
    void otherMagicIsRefused() throws IOException {
        refused(IdxFiles.labels(12), "magic 0x00000801", "expected 0x00000803, an IDX file of images");
        Path file = written("l", IdxFiles.images(1, 2, 2, 1));
        Refusal.of(folder, () -> Idx.labels(file), "magic 0x00000803", "expected 0x00000801, an IDX file of labels");
    }

    @Test
    void everyCutIsRefused() throws IOException {
        byte[] whole = IdxFiles.images(2, 3, 3, 1);
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length), "truncated");
        }
        refused(Arrays.copyOf(whole, whole.length + 1), "trailing bytes after 2 x 3 x 3");
    }

    @Test
    void everyCutOfTheGzipStreamIsRefused() throws IOException {
        byte[] whole = IdxFiles.gzip(IdxFiles.images(2, 3, 3, 1));
        for (int length = 0; length < whole.length; length++) {
            Path file = written("x.gz", Arrays.copyOf(whole, length));
            Refusal.of(folder, () -> Idx.images(file), "x.gz: corrupted or truncated gzip");
        }
    }

    @Test
    void damagedGzipStreamsAreRefused() throws IOException {
        byte[] whole = IdxFiles.gzip(IdxFiles.images(2, 30, 30, 1));
        for (int at = 11; at < whole.length; at++) { // byte 10 has bits that deflate ignores
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Path file = written("x.gz", damaged);
            Refusal.of(folder, () -> Idx.images(file), "x.gz: ");
        }
        Path plain = written("y.gz", IdxFiles.images(2, 3, 3, 1));
        Refusal.of(folder, () -> Idx.images(plain), "corrupted or truncated gzip: Not in GZIP format");
        Path longer = written("z.gz", Arrays.copyOf(whole, whole.length + 1));
        Refusal.of(folder, () -> Idx.images(longer), "trailing bytes after the gzip stream");
    }

    @ParameterizedTest
    @CsvSource({"2147483647,2147483647,2147483647", "60000,28,28", "1,2147483647,1", "2,3,4"})
    void lyingHeadersAreRefusedBeforeAllocation(int count, int rows, int columns) throws IOException {
        byte[] bytes = ByteBuffer.allocate(16 + 18).putInt(0x803).putInt(count).putInt(rows).putInt(columns).array();
        refused(bytes, "truncated");
    }

    @ParameterizedTest
    @CsvSource({"0,28,28", "1,0,28", "1,28,0", "-1,28,28"})
    void emptyAndOverflowingLengthsAreRefused(int count, int rows, int columns) throws IOException {
        byte[] bytes = ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(rows).putInt(columns).array();
        int wrong = Math.min(count, Math.min(rows, columns));
        refused(bytes, "header states a length of " + Integer.toUnsignedString(wrong));
    }

    @Test
    void otherSizesAreRefusedWhenAsked() throws IOException {
        Path file = written("x", IdxFiles.images(2, 3, 4, 1));
        Refusal.of(folder, () -> Idx.images(file, 28, 28), "images of 3 x 4 pixels", "expected 28 x 28");
    }

    @Test
    void missingFilesAreRefused() {
        Refusal.of(folder, () -> Idx.images(folder.resolve("none")), "none: cannot be read: no such file");
        Refusal.of(folder, () -> Idx.images(folder), "is not a regular file");
    }
}
