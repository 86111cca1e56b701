package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Images with labels.
 *
 * @param source  the image file, for messages
 * @param images  {@code [count, rows * columns]}, row-major, from 0 (black) to 1: stored byte / 255f, rounded once
 * @param labels  {@code [count]}, 0 to 9
 * @param count   number of images
 * @param rows    height in pixels
 * @param columns width in pixels
 */
public record DataSet(Path source, float[] images, byte[] labels, int count, int rows, int columns) {

    /** Labels are 0 to 9. */
    public static final int CLASSES = 10;

    public DataSet {
        if (labels.length != count || images.length != (long) count * rows * columns) {
            throw new IllegalArgumentException(images.length + " pixels and " + labels.length + " labels for "
                    + count + " images of " + rows + " x " + columns);
        }
    }

    /** Loads all images of a split from a folder with the four files of MNIST, plain or {@code .gz}. */
    public static DataSet load(Path folder, Split split) {
        return load(folder, split, -1);
    }

    /**
     * Loads the first {@code limit} images of a split, all of them if {@code limit} is negative.
     *
     * @throws InputException if a file is missing or wrong, or holds fewer images
     */
    public static DataSet load(Path folder, Split split, int limit) {
        Path imageFile = find(folder, split, "images", "idx3");
        Path labelFile = find(folder, split, "labels", "idx1");
        Idx.Images stored = Idx.images(imageFile);
        byte[] labels = Idx.labels(labelFile);
        if (labels.length != stored.count()) {
            throw InputException.in(labelFile, labels.length + " labels for the " + stored.count() + " images of "
                    + imageFile.getFileName(), "as many labels as images");
        }
        int count = limit < 0 ? stored.count() : limit;
        requireEnough(imageFile, count, stored.count());
        int size = stored.rows() * stored.columns();
        if ((long) count * size > Integer.MAX_VALUE - 8) {
            throw InputException.in(imageFile, count + " images of " + size + " pixels", "fewer than 2^31 pixels");
        }
        return new DataSet(imageFile, stored.scaled(count), Arrays.copyOf(labels, count), count, stored.rows(), stored.columns());
    }

    /**
     * The first {@code n} images.
     *
     * @throws InputException if there are fewer, saying how many there are and how to get more
     */
    public DataSet take(int n) {
        requireEnough(source, n, count);
        return n == count ? this : new DataSet(source, Arrays.copyOf(images, n * features()),
                Arrays.copyOf(labels, n), n, rows, columns);
    }

    /**
     * This data set, if each of the ten classes has an image in it, so that a classifier can learn all of them.
     *
     * @throws InputException naming the classes that have none
     */
    public DataSet requireAllClasses() {
        List<Integer> missing = new ArrayList<>(IntStream.range(0, CLASSES).boxed().toList());
        for (byte label : labels) {
            missing.remove(Integer.valueOf(label));
        }
        if (!missing.isEmpty()) {
            throw InputException.in(source, "no image of class " + missing.stream().map(String::valueOf)
                    .collect(Collectors.joining(", ")) + " among the first " + count, "images of all classes, 0 to "
                    + (CLASSES - 1));
        }
        return this;
    }

    /** The labels as targets {@code [count, 10]}: 1 at the image's class, 0 elsewhere (JMLR paper, §6). */
    public float[] oneHot() {
        float[] targets = new float[Math.multiplyExact(count, CLASSES)];
        for (int i = 0; i < count; i++) {
            targets[i * CLASSES + labels[i]] = 1;
        }
        return targets;
    }

    /** Pixels per image. */
    public int features() {
        return rows * columns;
    }

    /**
     * This data set, if its images have the given size.
     *
     * @throws InputException if they don't
     */
    public DataSet requireSize(int expectedRows, int expectedColumns) {
        if (rows != expectedRows || columns != expectedColumns) {
            throw InputException.in(source, "images of " + rows + " x " + columns + " pixels",
                    expectedRows + " x " + expectedColumns);
        }
        return this;
    }

    private static void requireEnough(Path source, int asked, int count) {
        if (asked < 1) {
            throw InputException.in(source, asked + " images asked for", "1 to " + count);
        }
        if (asked > count) {
            throw InputException.in(source, asked + " images asked for, of which there are " + count, "1 to " + count
                    + ", or the full set: bitlift data fetch mnist");
        }
    }

    /** The file of a split, under the spellings that are about, the plain one first. */
    static Path find(Path folder, Split split, String kind, String format) {
        if (!Files.isDirectory(folder)) {
            throw InputException.in(folder, Files.exists(folder) ? "is not a folder" : "does not exist",
                    "a folder with IDX files; bitlift data fetch mnist makes one");
        }
        String plain = split.stem() + "-" + kind + "-" + format + "-ubyte";
        String dotted = split.stem() + "-" + kind + "." + format + "-ubyte";
        for (String name : List.of(plain, plain + ".gz", dotted, dotted + ".gz")) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw InputException.in(folder, "has no file of " + split.name().toLowerCase(Locale.ROOT) + " "
                + kind, plain + " or " + plain + ".gz");
    }
}
