package io.github.bitlift.cli;

import io.github.bitlift.data.Idx;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The images of one file.
 *
 * @param names one per image: the file, with the index from 0 where the file holds many
 * @param pixels {@code [names.size(), rows·columns]}, from 0 to 1
 */
record ClassifyInput(List<String> names, float[] pixels) {

    /** Reads a picture, or an IDX file of images, that fits a model. */
    static ClassifyInput read(Path path, Model model, boolean resize) {
        return isPicture(path) ? picture(path, model, resize) : idx(path, model);
    }

    private static boolean isPicture(Path path) {
        return path.toString().matches("(?i).*\\.(png|jpe?g)");
    }

    private static ClassifyInput picture(Path path, Model model, boolean resize) {
        return new ClassifyInput(List.of(path.toString()), model.picture(path, resize).pixels());
    }

    private static ClassifyInput idx(Path path, Model model) {
        Idx.Images images = Idx.images(path, model.rows(), model.columns());
        return new ClassifyInput(
                IntStream.range(0, images.count()).mapToObj(i -> path + "[" + i + "]").toList(),
                images.scaled(images.count()));
    }
}
