package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Rows;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A {@link DataSet} whose images stay in their file until they are wanted; labels are in memory.
 *
 * @param source the image file, for messages
 * @param file   the same, open
 * @param labels one per image in the file, 0 to 9
 * @param count  number of images
 */
public record StoredSet(Path source, IdxFile file, byte[] labels, int count) {

    /**
     * Opens a split of a folder with the four files of MNIST, plain or {@code .gz}; the caller closes {@link #file}.
     *
     * @throws InputException if a file is missing or wrong
     */
    public static StoredSet open(Path folder, Split split) {
        Path imageFile = DataSet.find(folder, split, "images", "idx3");
        Path labelFile = DataSet.find(folder, split, "labels", "idx1");
        IdxFile file = Idx.open(imageFile);
        try {
            byte[] labels = Idx.labels(labelFile);
            DataSet.requireAsMany(labelFile, labels.length, imageFile, file.images().count());
            return new StoredSet(imageFile, file, labels, labels.length);
        } catch (RuntimeException problem) {
            file.close();
            throw problem;
        }
    }

    /** As {@link DataSet#take}. */
    public StoredSet take(int n) {
        DataSet.requireEnough(source, n, count);
        return new StoredSet(source, file, labels, n);
    }

    /** As {@link DataSet#requireAllClasses}. */
    public StoredSet requireAllClasses() {
        DataSet.requireAllClasses(source, labels, count);
        return this;
    }

    /** As {@link DataSet#requireSize}. */
    public StoredSet requireSize(int expectedRows, int expectedColumns) {
        DataSet.requireSize(source, file.rows(), file.columns(), expectedRows, expectedColumns);
        return this;
    }

    /** {@code [count, rows * columns]}. */
    public Rows images() {
        return file.images().slice(0, count);
    }

    /** As {@link DataSet#oneHot}. */
    public Rows oneHot() {
        return new Rows(count, DataSet.CLASSES, (first, n, to, at) -> {
            Arrays.fill(to, at, at + n * DataSet.CLASSES, 0f);
            for (int i = 0; i < n; i++) {
                to[at + i * DataSet.CLASSES + labels[first + i]] = 1;
            }
        });
    }

    /** Bytes that it holds in memory. */
    public long heldBytes() {
        return file.heldBytes() + labels.length;
    }
}
