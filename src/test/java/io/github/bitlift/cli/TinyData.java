package io.github.bitlift.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of IDX files with a few made-up digits of 28 x 28 pixels, enough to train a narrow network. */
final class TinyData {
    static final int TRAIN = 12;
    static final int TEST = 4;
    static final int SIDE = 28;

    private TinyData() {}

    /** Writes the four files. */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", TRAIN);
        write(folder, "t10k", TEST);
        return folder;
    }

    private static void write(Path folder, String split, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
        for (int i = 0; i < count * SIDE * SIDE; i++) {
            int x = i % SIDE;
            int y = i / SIDE % SIDE;
            int image = i / (SIDE * SIDE);
            images.put((byte) (Math.abs(x - y - image) < 3 ? 255 - 20 * Math.abs(x - 14) / 3 : 0));
        }
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % 10));
        }
        Files.write(folder.resolve(split + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(split + "-labels-idx1-ubyte"), labels.array());
    }
}
