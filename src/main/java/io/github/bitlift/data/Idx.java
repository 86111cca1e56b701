package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * IDX files, the format of MNIST: a big-endian header and one byte per pixel or label; plain, or compressed by gzip
 * where the name ends in {@code .gz}.
 *
 * <p>Reading is strict: magic, counts, sizes, checksums and the absence of further bytes are all verified, and no
 * header makes us allocate more than the file can hold.
 */
public final class Idx {

    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final long DEFLATE_LIMIT = 1_032; // no deflate stream expands more than this

    /**
     * Images as stored.
     *
     * @param pixels {@code [count, rows, columns]}, unsigned bytes, 0 for black
     */
    public record Images(int count, int rows, int columns, byte[] pixels) {

        /** The first {@code n} images {@code [n, rows * columns]}, from 0 (black) to 1: byte / 255f, rounded once. */
        public float[] scaled(int n) {
            float[] values = new float[n * rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = (pixels[i] & 255) / 255f;
            }
            return values;
        }
    }

    private record Content(int[] lengths, byte[] bytes) {
    }

    private Idx() {
    }

    /** Reads an image file (magic 0x803). */
    public static Images images(Path path) {
        Content content = read(path, IMAGES, 3);
        return new Images(content.lengths[0], content.lengths[1], content.lengths[2], content.bytes);
    }

    /** Reads an image file whose images must have {@code rows} and {@code columns} pixels. */
    public static Images images(Path path, int rows, int columns) {
        Images images = images(path);
        if (images.rows != rows || images.columns != columns) {
            throw InputException.in(path, "images of " + images.rows + " x " + images.columns + " pixels",
                    rows + " x " + columns);
        }
        return images;
    }

    /** Reads a label file (magic 0x801): one digit from 0 to 9 per image. */
    public static byte[] labels(Path path) {
        byte[] labels = read(path, LABELS, 1).bytes;
        for (int i = 0; i < labels.length; i++) {
            if ((labels[i] & 255) > 9) {
                throw InputException.in(path, "label " + (labels[i] & 255) + " at index " + i, "0 to 9");
            }
        }
        return labels;
    }

    /** The uncompressed bytes of an IDX file, not interpreted. */
    static InputStream open(Path path) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        try {
            return compressed(path) ? new GZIPInputStream(raw, 1 << 16) : raw;
        } catch (IOException problem) {
            raw.close();
            throw problem;
        }
    }

    private static boolean compressed(Path path) {
        return path.getFileName().toString().endsWith(".gz");
    }

    private static Content read(Path path, int magic, int axes) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw InputException.in(path, "is not a regular file", "an IDX file");
        }
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(open(path), crc)) {
            int[] lengths = header(path, in, magic, axes);
            byte[] bytes = body(path, in, lengths, 4L + 4L * axes);
            if (compressed(path)) {
                requireTrailer(path, (int) crc.getValue(), 4 + 4 * axes + bytes.length);
            }
            return new Content(lengths, bytes);
        } catch (ZipException | EOFException problem) {
            throw InputException.in(path, "corrupted or truncated gzip" + detail(problem), "an intact file");
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    private static String detail(IOException problem) {
        return problem.getMessage() == null ? "" : ": " + problem.getMessage();
    }

    private static int[] header(Path path, InputStream in, int magic, int axes) throws IOException {
        String kind = magic == IMAGES ? "images" : "labels";
        byte[] bytes = in.readNBytes(4 + 4 * axes);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (bytes.length >= 4 && header.getInt() != magic) {
            throw InputException.in(path, String.format(Locale.ROOT, "magic 0x%08x", header.getInt(0)),
                    String.format(Locale.ROOT, "0x%08x, an IDX file of %s", magic, kind));
        }
        if (bytes.length < 4 + 4 * axes) {
            throw InputException.in(path, "truncated: " + bytes.length + " bytes", "a header of " + (4 + 4 * axes));
        }
        int[] lengths = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            lengths[axis] = header.getInt();
            if (lengths[axis] < 1) {
                throw InputException.in(path, "header states a length of " + Integer.toUnsignedString(lengths[axis]),
                        "1 to 2^31 - 1 " + kind + " and pixels");
            }
        }
        return lengths;
    }

    private static byte[] body(Path path, InputStream in, int[] lengths, long header) throws IOException {
        long size = 1;
        String shape = "";
        for (int length : lengths) {
            size = Math.min(size * length, Integer.MAX_VALUE); // so the product can't overflow
            shape += (shape.isEmpty() ? "" : " x ") + length;
        }
        long stored = Files.size(path);
        long most = compressed(path) ? stored * DEFLATE_LIMIT : stored - header;
        if (size > Math.min(most, Integer.MAX_VALUE - 8)) {
            throw InputException.in(path, "truncated: header states " + shape + " bytes",
                    "no more than its " + stored + " bytes can hold");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw InputException.in(path, "truncated: " + bytes.length + " bytes after the header", size + " bytes");
        }
        if (in.read() >= 0) {
            throw InputException.in(path, "trailing bytes after " + shape, "the end of the file");
        }
        return bytes;
    }

    /** The JDK overlooks garbage after a gzip stream; the stream's own trailer must be the last 8 bytes. */
    private static void requireTrailer(Path path, int crc, int size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 8);
            if (Integer.reverseBytes(file.readInt()) != crc || Integer.reverseBytes(file.readInt()) != size) {
                throw InputException.in(path, "trailing bytes after the gzip stream", "the end of the file");
            }
        }
    }
}
