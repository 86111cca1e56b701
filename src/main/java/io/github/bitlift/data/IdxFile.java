package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An open IDX file of images. */
public final class IdxFile implements AutoCloseable {
    /** Magic and three lengths. */
    static final int HEADER = 16;

    private final Path path;
    private final int rows;
    private final int columns;
    private final FileChannel channel;
    private final byte[] pixels;
    private final Rows images;
    private byte[] buffer = {};

    /** Images of a checked header, in {@code pixels} or, if those are null, behind the channel, which it takes over. */
    IdxFile(Path path, int[] lengths, byte[] pixels, FileChannel channel) {
        this.path = path;
        this.rows = lengths[1];
        this.columns = lengths[2];
        this.pixels = pixels;
        this.channel = channel;
        this.images = new Rows(lengths[0], Math.multiplyExact(rows, columns), this::read);
    }

    /** Height in pixels. */
    public int rows() {
        return rows;
    }

    /** Width in pixels. */
    public int columns() {
        return columns;
    }

    /** Bytes of pixels held in memory. */
    public long heldBytes() {
        return pixels == null ? 0 : pixels.length;
    }

    /** {@code [count, rows * columns]}, from 0 (black) to 1: byte / 255f, rounded once. */
    public Rows images() {
        return images;
    }

    private void read(int first, int n, float[] to, int at) {
        int width = images.width();
        for (int image = 0; image < n; image++) {
            byte[] from = pixels;
            int start = (first + image) * width;
            if (channel != null) {
                from = stored(first + image);
                start = 0;
            }
            for (int i = 0; i < width; i++) {
                to[at + image * width + i] = (from[start + i] & 255) / 255f;
            }
        }
    }

    private byte[] stored(int image) {
        int width = images.width();
        if (buffer.length < width) {
            buffer = new byte[width];
        }
        ByteBuffer into = ByteBuffer.wrap(buffer, 0, width);
        try {
            for (long from = HEADER + (long) image * width; into.hasRemaining();) {
                int got = channel.read(into, from);
                if (got < 0) {
                    throw InputException.in(path, "truncated while it was being read", "a file nobody else is changing");
                }
                from += got;
            }
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
        return buffer;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Nothing was written: what has been read stands.
        }
    }
}
