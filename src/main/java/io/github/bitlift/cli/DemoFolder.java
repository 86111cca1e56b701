package io.github.bitlift.cli;

import io.github.bitlift.io.Curves;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.SampleSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the demonstration leaves its files: a folder per run, and what compares them.
 *
 * @param path the folder
 */
record DemoFolder(Path path) {
    private static final int PICTURES = 3;
    private static final Set<String> FILES =
            Set.of("samples.png", "curves.png", "report.json", "noisy-1.png", "noisy-2.png", "noisy-3.png");

    /** The folder of one run. */
    RunFolder run(String name) {
        return new RunFolder(path.resolve(name));
    }

    /** Refuses a folder with anything but an earlier demonstration in it. */
    void requireOwn(List<String> runs) {
        if (!Files.isDirectory(path)) {
            run(runs.get(0)).requireFree(true);
            return;
        }
        try (Stream<Path> entries = Files.list(path)) {
            entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !FILES.contains(name) && !runs.contains(name) && !name.startsWith(".bitlift-"))
                    .findFirst()
                    .ifPresent(name -> {
                        throw InputException.in(path, "holds other files, such as " + name,
                                "an empty folder or an earlier demonstration");
                    });
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    /** Draws all restorations beside each other, and all curves in two panels. */
    void draw(TrainingData data, List<DemoRun> runs, double psnrInput) {
        List<SampleSheet.Restoration> restorations = new ArrayList<>();
        for (DemoRun run : runs) {
            restorations.add(new SampleSheet.Restoration(run.title(), run.outcome().samples()));
        }
        SampleSheet.write(
                path.resolve("samples.png"), "Denoising digits that training never saw (noise: sigma 0.15)",
                data.pictures(data.shown()), restorations);
        Curves.write(path.resolve("curves.png"), List.of(
                panel("Validation", "psnr_val", runs, psnrInput), panel("Training", "psnr_train", runs, psnrInput)));
        writePictures(data);
    }

    private static Curves.Panel panel(String title, String column, List<DemoRun> runs, double psnrInput) {
        List<Curves.Series> series = new ArrayList<>();
        double last = 1;
        for (DemoRun run : runs) {
            double[] steps = run.outcome().table().column("step");
            last = Math.max(last, steps[steps.length - 1]);
            series.add(Curves.Series.line(run.shortTitle(), steps, run.outcome().table().column(column)));
        }
        series.add(Curves.Series.level("input", 0, last, psnrInput));
        return new Curves.Panel(title + ", by method and lambda", "mini-batches", "PSNR in dB", false, series);
    }

    /** A few noisy digits as pictures, to try {@code restore} on. */
    private void writePictures(TrainingData data) {
        int size = data.rows() * data.columns();
        for (int i = 0; i < Math.min(PICTURES, data.shown().count()); i++) {
            float[] pixels = Arrays.copyOfRange(data.shown().inputs(), i * size, (i + 1) * size);
            Png.write(path.resolve("noisy-" + (i + 1) + ".png"), new GreyImage(data.columns(), data.rows(), pixels));
        }
    }
}
