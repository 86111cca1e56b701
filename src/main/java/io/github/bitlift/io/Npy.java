package io.github.bitlift.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's {@code .npy} files, versions 1.0 to 3.0, holding float32 matrices {@code [samples, features]} or images
 * {@code [H, W]} or {@code [n, H, W]}, C order, little-endian.
 *
 * <p>Reading is strict: nothing is converted or guessed, and each refusal says what would turn the file into one that
 * is accepted.
 */
public final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']*'|\\[.*]|True|False|\\([^()]*\\))\\s*(,|(?=}))");
    private static final Pattern DESCR = Pattern.compile("'([<>|=])([a-zA-Z])(\\d*)[^']*'");
    private static final Map<String, String> KINDS = Map.of(
            "f", "float", "i", "int", "u", "uint", "c", "complex", "b", "bool", "O", "object", "U", "string",
            "S", "bytes");

    /** How many axes a file may have, and what to say where it has others. */
    private record Axes(int least, int most, String expected, String what) {
    }

    private static final Axes MATRIX =
            new Axes(2, 2, "two axes, (samples, features): array.reshape(len(array), -1)", "samples and features");
    private static final Axes IMAGES =
            new Axes(2, 3, "two axes, (height, width), or three, (images, height, width)", "images, rows and columns");

    private record Header(String descr, boolean fortran, long[] shape) {
    }

    private Npy() {
    }

    /**
     * Reads a float32 matrix of finite values.
     *
     * @return values {@code [samples, features]}
     * @throws InputException for any other dtype, order or shape, a file cut short or too long, NaN or infinity
     */
    public static FloatTable read(Path path) {
        try (NpyFile file = NpyFile.open(path)) {
            Rows rows = file.rows();
            long count = (long) rows.count() * rows.width();
            if (count > Integer.MAX_VALUE - 8) {
                throw InputException.in(path, "shape (" + rows.count() + ", " + rows.width() + ") holds " + count
                        + " values", "at most 2^31 - 9 of them in one array");
            }
            float[] values = new float[(int) count];
            rows.read(0, rows.count(), values, 0);
            return new FloatTable(rows.count(), rows.width(), values);
        }
    }

    /**
     * Reads one float32 image {@code [H, W]} or several {@code [n, H, W]}, of finite values.
     *
     * @throws InputException for any other dtype, order or shape, a file cut short or too long, NaN or infinity
     */
    public static FloatImages readImages(Path path) {
        try (InputFile file = InputFile.open(path)) {
            long[] shape = shape(file, IMAGES).shape;
            boolean single = shape.length == 2;
            int height = (int) shape[single ? 0 : 1];
            int width = (int) shape[single ? 1 : 2];
            long count = product(shape);
            if (count > Integer.MAX_VALUE - 8) {
                throw file.bad(count + " values", "at most 2^31 - 9 of them in one array");
            }
            float[] values = file.floats((int) count, "the values");
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(values[i])) {
                    int pixel = i % (height * width);
                    throw file.bad(values[i] + " in " + (single ? "" : "image " + i / (height * width) + ", ") + "row "
                            + pixel / width + ", column " + pixel % width + " (counted from 0)", "finite values");
                }
            }
            return new FloatImages(single ? 1 : (int) shape[0], height, width, single, values);
        }
    }

    /** Reads the header up to the values of a file that holds a float32 matrix and nothing else: samples and features. */
    static int[] shape(InputFile file) {
        long[] shape = shape(file, MATRIX).shape;
        return new int[] {(int) shape[0], (int) shape[1]};
    }

    private static Header shape(InputFile file, Axes axes) {
        Header header = header(file, axes);
        requireFloat32(file, header.descr);
        if (header.fortran) {
            throw file.bad("Fortran order", "C order: np.save(path, np.ascontiguousarray(array))");
        }
        requireComplete(file, header.shape);
        return header;
    }

    /** Writes a matrix as version 1.0, byte for byte what {@code numpy.save} writes. */
    public static void write(Path path, FloatTable table) {
        write(path, table.rows() + ", " + table.columns(), table.values());
    }

    /** Writes images as version 1.0, byte for byte what {@code numpy.save} writes. */
    public static void write(Path path, FloatImages images) {
        String size = images.height() + ", " + images.width();
        write(path, images.single() ? size : images.count() + ", " + size, images.values());
    }

    private static void write(Path path, String shape, float[] values) {
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
        int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
        String text = dictionary + " ".repeat(-unpadded & 63) + "\n";
        ByteBuffer head = ByteBuffer.allocate(MAGIC.length + 4 + text.length()).order(ByteOrder.LITTLE_ENDIAN);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length());
        head.put(text.getBytes(StandardCharsets.US_ASCII));
        AtomicFile.write(path, out -> {
            out.write(head.array());
            FloatBytes.write(out, values);
        });
    }

    private static Header header(InputFile file, Axes axes) {
        if (file.size() < MAGIC.length + 4 || !Arrays.equals(file.bytes(MAGIC.length, "the magic"), MAGIC)) {
            throw file.bad("not a NumPy file", "a .npy file written by np.save");
        }
        byte[] version = file.bytes(2, "the version");
        if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
            throw file.bad("format version " + (version[0] & 255) + "." + (version[1] & 255), "1.0, 2.0 or 3.0");
        }
        int width = version[0] == 1 ? 2 : 4;
        ByteBuffer field = ByteBuffer.wrap(Arrays.copyOf(file.bytes(width, "the header length"), 4));
        long length = Integer.toUnsignedLong(field.order(ByteOrder.LITTLE_ENDIAN).getInt());
        if (length > LONGEST_HEADER) {
            throw file.bad("header of " + length + " bytes", "at most " + LONGEST_HEADER);
        }
        return parse(file, new String(file.bytes((int) length, "the header"), StandardCharsets.UTF_8), axes);
    }

    private static Header parse(InputFile file, String text, Axes axes) {
        String expected = "a dictionary of 'descr', 'fortran_order' and 'shape', as np.save writes it";
        Map<String, String> fields = new HashMap<>();
        Matcher entry = ENTRY.matcher(text);
        int at = text.startsWith("{") ? 1 : 0;
        while (at > 0 && entry.region(at, text.length()).lookingAt()) {
            if (fields.put(entry.group(1), entry.group(2)) != null) {
                throw file.bad("header names '" + entry.group(1) + "' twice", expected);
            }
            at = entry.end();
        }
        String order = fields.getOrDefault("fortran_order", "");
        if (fields.size() != 3 || !text.substring(at).strip().equals("}") || !order.matches("True|False")) {
            throw file.bad("header cannot be understood", expected);
        }
        return new Header(fields.get("descr"), order.equals("True"), shape(file, fields.get("shape"), axes));
    }

    private static long[] shape(InputFile file, String text, Axes axes) {
        if (!text.matches("\\(\\s*(\\d+\\s*(,\\s*\\d+\\s*)*,?\\s*)?\\)")) {
            throw file.bad("shape " + text + " cannot be understood", "(samples, features)");
        }
        String[] lengths = text.replaceAll("[()\\s]", "").split(",");
        if (lengths.length < axes.least || lengths.length > axes.most) {
            throw file.bad("shape " + text, axes.expected);
        }
        long[] shape = new long[lengths.length];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = lengths[axis].length() > 10 ? Long.MAX_VALUE : Long.parseLong(lengths[axis]);
            if (shape[axis] < 1 || shape[axis] > Integer.MAX_VALUE) {
                throw file.bad("shape " + text, "1 to " + Integer.MAX_VALUE + " " + axes.what);
            }
        }
        return shape;
    }

    private static void requireFloat32(InputFile file, String descr) {
        if (descr.equals("'<f4'")) {
            return;
        }
        Matcher parts = DESCR.matcher(descr);
        String name = "structured";
        if (parts.matches()) {
            String kind = KINDS.getOrDefault(parts.group(2), parts.group(2));
            boolean sized = "fiuc".contains(parts.group(2)) && parts.group(3).matches("\\d{1,2}");
            name = kind + (sized ? 8 * Integer.parseInt(parts.group(3)) : "")
                    + (parts.group(1).equals(">") ? " big-endian" : "");
        }
        String conversion = name.equals("float32 big-endian") ? ".astype('<f4')" : ".astype(np.float32)";
        throw file.bad("dtype " + name + " (" + descr + ")", "float32: np.save(path, array" + conversion + ")");
    }

    /** Compares what the shape claims with what the file holds. */
    private static void requireComplete(InputFile file, long[] shape) {
        long claimed = product(shape);
        String where = "shape " + Arrays.toString(shape).replace('[', '(').replace(']', ')');
        if (claimed > file.remaining() / 4) {
            throw file.bad("truncated: " + file.remaining() + " bytes of values for " + where,
                    claimed + " values of 4 bytes");
        }
        if (4 * claimed < file.remaining()) {
            throw file.bad(file.remaining() - 4 * claimed + " trailing bytes after the values",
                    4 * claimed + " bytes of values for " + where);
        }
    }

    /** The number of values, or more than any file holds. */
    private static long product(long[] shape) {
        long product = shape[0] * shape[1]; // both below 2^31
        return shape.length == 2 ? product : product > Long.MAX_VALUE / shape[2] ? Long.MAX_VALUE : product * shape[2];
    }
}
