package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.data.KnownSet;
import io.github.bitlift.io.Curves;
import io.github.bitlift.io.SampleSheet;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where and how an experiment runs.
 *
 * @param scale how large it is
 * @param backend where its arithmetic runs; the bits don't depend on it
 * @param out the report's folder, which exists
 * @param seed of everything random
 * @param pictures whether curves and pictures are drawn
 * @param trainings carries out training runs
 * @param states keeps those that go through the library
 * @param sets the folder of a data set; refuses, saying how to fetch it, where it is missing
 * @param progress takes plain lines for people
 */
public record Setting(
        Scale scale,
        Backend backend,
        Path out,
        long seed,
        boolean pictures,
        Trainings trainings,
        States states,
        Function<KnownSet, Path> sets,
        Consumer<String> progress) {

    /** Draws charts side by side, unless there are to be no pictures. */
    public List<Report.Figure> curves(String file, String caption, List<Curves.Panel> panels) {
        if (!pictures) {
            return List.of();
        }
        Curves.write(out.resolve(file), panels);
        return List.of(new Report.Figure(file, caption));
    }

    /** Draws restorations beside each other, unless there are to be no pictures. */
    public List<Report.Figure> sheet(
            String file, String caption, SampleSheet.Pictures shown, List<SampleSheet.Restoration> restorations) {
        if (!pictures) {
            return List.of();
        }
        SampleSheet.write(out.resolve(file), caption, shown, restorations);
        return List.of(new Report.Figure(file, caption));
    }
}
