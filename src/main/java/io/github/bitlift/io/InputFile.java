package io.github.bitlift.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A regular file read from its start, whose size is known, so that no header can claim more than is there. */
final class InputFile implements AutoCloseable {

    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private long position;

    private InputFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Opens {@code path}; anything but a readable regular file is an {@link InputException}. */
    static InputFile open(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw InputException.in(path, Files.isDirectory(path) ? "is a folder" : "is not a regular file", "a file");
        }
        try {
            return new InputFile(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** Bytes not read yet. */
    long remaining() {
        return size - position;
    }

    /** The next {@code count} bytes; {@code what} they are is named where the file ends before them. */
    byte[] bytes(int count, String what) {
        requireRemaining(count, what);
        byte[] bytes = new byte[count];
        fill(ByteBuffer.wrap(bytes), what);
        return bytes;
    }

    /** The next {@code count} little-endian binary32 values, bits untouched. */
    float[] floats(int count, String what) {
        requireRemaining(4L * count, what);
        float[] values = new float[count];
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, 4L * count)).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; done += chunk.limit() / 4) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), 4L * (count - done)));
            fill(chunk, what);
            chunk.flip().asFloatBuffer().get(values, done, chunk.limit() / 4);
        }
        return values;
    }

    /** Fills a buffer with the bytes from {@code at} on, wherever the file has been read to. */
    void read(long at, ByteBuffer buffer, String what) {
        try {
            for (long from = at; buffer.hasRemaining();) {
                int got = channel.read(buffer, from);
                if (got < 0) {
                    throw cutShort(what);
                }
                from += got;
            }
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    private InputException cutShort(String what) {
        return bad("truncated in " + what + " while it was being read", "a file nobody else is changing");
    }

    /** An error about this file. */
    InputException bad(String problem, String expected) {
        return InputException.in(path, problem, expected);
    }

    private void requireRemaining(long count, String what) {
        if (count > remaining()) {
            throw bad("truncated: " + remaining() + " bytes left for " + what, count + " bytes");
        }
    }

    private void fill(ByteBuffer buffer, String what) {
        try {
            while (buffer.hasRemaining()) {
                int got = channel.read(buffer);
                if (got < 0) {
                    throw cutShort(what);
                }
                position += got;
            }
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing was written: what has been read stands.
        }
    }
}
