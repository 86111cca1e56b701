package io.github.bitlift.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** An open {@code .npy} file whose rows are read when they are wanted; what {@link Npy} refuses is refused here too. */
public final class NpyFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final InputFile file;
    private final Rows rows;
    private final long valuesAt;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    private NpyFile(InputFile file) {
        int[] shape = Npy.shape(file);
        this.file = file;
        this.valuesAt = file.size() - file.remaining();
        this.rows = new Rows(shape[0], shape[1], this::read);
    }

    /**
     * Opens a file and reads its header.
     *
     * @throws InputException for any other dtype, order or shape, a file cut short or too long
     */
    public static NpyFile open(Path path) {
        InputFile file = InputFile.open(path);
        try {
            return new NpyFile(file);
        } catch (RuntimeException problem) {
            file.close();
            throw problem;
        }
    }

    /** Its values {@code [samples, features]}; reading NaN or infinity is an {@link InputException}. */
    public Rows rows() {
        return rows;
    }

    private void read(int first, int n, float[] to, int at) {
        long start = (long) first * rows.width();
        long count = (long) n * rows.width();
        for (long done = 0; done < count; done += buffer.limit() / Float.BYTES) {
            buffer.clear().limit((int) Math.min(BUFFER, Float.BYTES * (count - done)));
            file.read(valuesAt + Float.BYTES * (start + done), buffer, "the values");
            buffer.flip().asFloatBuffer().get(to, (int) (at + done), buffer.limit() / Float.BYTES);
        }
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(to[at + i])) {
                throw file.bad(to[at + i] + " in row " + (start + i) / rows.width() + ", column "
                        + (start + i) % rows.width() + " (counted from 0)", "finite values");
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
