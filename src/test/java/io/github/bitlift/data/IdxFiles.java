package io.github.bitlift.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Generated IDX files. */
final class IdxFiles {

    private IdxFiles() {
    }

    static byte[] images(int count, int rows, int columns, long seed) {
        byte[] pixels = new byte[count * rows * columns];
        new Random(seed).nextBytes(pixels);
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(0x803).putInt(count).putInt(rows).putInt(columns).put(pixels).array();
    }

    static byte[] labels(int count) {
        ByteBuffer buffer = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            buffer.put((byte) (i % 10));
        }
        return buffer.array();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /** A folder with both splits, {@code count} images each. */
    static void folder(Path folder, int count) throws IOException {
        for (Split split : Split.values()) {
            Files.write(folder.resolve(split.stem() + "-images-idx3-ubyte"), images(count, 28, 28, 3));
            Files.write(folder.resolve(split.stem() + "-labels-idx1-ubyte.gz"), gzip(labels(count)));
        }
    }
}
