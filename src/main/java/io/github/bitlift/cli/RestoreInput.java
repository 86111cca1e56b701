package io.github.bitlift.cli;

import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import java.nio.file.Path;

/**
 * One file to restore.
 *
 * @param path the file
 * @param table whether it is an .npy table, else a picture
 * @param values {@code [count, features]}
 * @param count the number of samples, 1 for a picture
 */
record RestoreInput(Path path, boolean table, float[] values, int count) {

    /** Reads a picture or a table that fits a model. */
    static RestoreInput read(Path path, Model model, boolean resize) {
        if (path.toString().endsWith(".npy")) {
            FloatTable values = Npy.read(path);
            if (values.columns() != model.inputs()) {
                throw InputException.in(path, values.columns() + " features per sample",
                        model.inputs() + ", the model's inputs");
            }
            return new RestoreInput(path, true, values.values(), values.rows());
        }
        if (!model.isForPictures()) {
            throw InputException.in(path, "the model works on " + model.inputs() + " features, not on pictures",
                    "a float32 .npy table [samples, " + model.inputs() + "]");
        }
        return new RestoreInput(path, false, model.picture(path, resize).pixels(), 1);
    }

    /** The name of its restoration, without what tells two of one name apart. */
    String stem() {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
