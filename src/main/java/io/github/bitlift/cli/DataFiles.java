package io.github.bitlift.cli;

import io.github.bitlift.data.StoredSet;
import io.github.bitlift.io.NpyFile;
import io.github.bitlift.io.Rows;
import java.util.ArrayList;
import java.util.List;

/** The open files of a data set, and what they hold in memory. */
final class DataFiles implements AutoCloseable {
    private final List<Runnable> closing = new ArrayList<>();
    private long heldBytes;

    /** Takes over a set of images. */
    StoredSet add(StoredSet set) {
        closing.add(set.file()::close);
        heldBytes += set.heldBytes();
        return set;
    }

    /** Takes over a table. */
    Rows add(NpyFile file) {
        closing.add(file::close);
        return file.rows();
    }

    /** Bytes of labels, and of pixels that had to be decompressed. */
    long heldBytes() {
        return heldBytes;
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
