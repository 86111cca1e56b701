package io.github.bitlift.cli;

import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a file holds.
 *
 * @param path the file
 * @param values {@code [count, width]}
 * @param count the number of samples, 1 for a picture
 */
record InvertInput(Path path, float[] values, int count) {

    /** The files given, and those in folders given, by name. */
    static List<Path> files(List<Path> given, String pattern, String what) {
        List<Path> files = new ArrayList<>();
        for (Path path : given) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> within = Files.list(path)) {
                List<Path> found = within.filter(file -> file.toString().matches(pattern)).sorted().toList();
                if (found.isEmpty()) {
                    throw InputException.in(path, "holds no " + what, "a folder of " + what);
                }
                files.addAll(found);
            } catch (IOException problem) {
                throw InputException.unreadable(path, problem);
            }
        }
        return files;
    }

    /** A table of codes or of images. */
    static InvertInput table(Path path) {
        FloatTable table = Npy.read(path);
        return new InvertInput(path, table.values(), table.rows());
    }

    /** Refuses samples of another length. */
    InvertInput requireWidth(int width, String what) {
        if (values.length != (long) count * width) {
            throw InputException.in(path, values.length / count + " numbers per sample", width + ", " + what);
        }
        return this;
    }

    /** A picture, or a table of images. */
    static InvertInput image(Path path, ImageVariation shape, boolean resize) {
        if (path.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
            return table(path).requireWidth(shape.pixels(), "the pixels of an image");
        }
        GreyImage image = Png.read(path);
        if (image.width() != shape.width() || image.height() != shape.height()) {
            if (!resize) {
                throw InputException.in(path, image.width() + " x " + image.height() + " pixels",
                        shape.width() + " x " + shape.height() + " (--resize makes it fit)");
            }
            image = Resampling.resize(image, shape.width(), shape.height());
        }
        return new InvertInput(path, image.pixels(), 1);
    }

    /** All samples, one file's after the other's. */
    static float[] join(List<InvertInput> inputs) {
        float[] all = new float[inputs.stream().mapToInt(input -> input.values.length).sum()];
        int at = 0;
        for (InvertInput input : inputs) {
            System.arraycopy(input.values, 0, all, at, input.values.length);
            at += input.values.length;
        }
        return all;
    }

    /** One name per sample: the file's, with a number where it holds many. */
    static List<String> names(List<InvertInput> inputs) {
        List<String> names = new ArrayList<>();
        for (InvertInput input : inputs) {
            String file = input.path.getFileName().toString();
            int dot = file.lastIndexOf('.');
            String stem = dot > 0 ? file.substring(0, dot) : file;
            for (int i = 0; i < input.count; i++) {
                String name = input.count == 1 ? stem : stem + "-" + i;
                String free = name;
                for (int number = 2; names.contains(free); number++) {
                    free = name + "-" + number;
                }
                names.add(free);
            }
        }
        return names;
    }
}
