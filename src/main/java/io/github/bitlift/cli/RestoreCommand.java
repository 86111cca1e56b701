package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.ImageSheet;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Psnr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitlift restore}. */
@Command(
        name = "restore",
        header = "Applies a trained model to pictures or tables.",
        sortOptions = false,
        description = {
            "Takes PNG or JPEG pictures, which are made grey, and float32 .npy tables. Writes",
            "NAME-restored.png or NAME-restored.npy for each, and sheet.png with pictures side by side."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift restore out/demo/lifted-0.02/model.safetensors out/demo/noisy-1.png",
            "  bitlift restore out/denoise-bregman/model.safetensors digit.png --degrade denoise --resize"
        })
final class RestoreCommand implements Callable<Integer> {
    private static final int MOST_ON_SHEET = 16;

    @Parameters(index = "0", paramLabel = "MODEL",
            description = "model.safetensors, with its manifest.json beside it.")
    private Path modelPath;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Pictures, or .npy tables.")
    private List<Path> files;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/restore", order = 1,
            description = "Where results go (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--resize", order = 2, description = "Bring pictures of another size to the model's.")
    private boolean resize;

    @Option(names = "--degrade", paramLabel = "TASK", order = 3,
            description = "The files are clean: first degrade them as this task does (denoise, deblur, inpaint), then"
                    + " say how much is won back.")
    private String degrade;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", order = 4,
            description = "Of --degrade (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private BackendOptions backend;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        Backends.check(backend);
        Task task = degrade == null ? null
                : Task.named("--degrade", Choice.require("--degrade", degrade, Task.imageTasks()));
        Model model = Model.read(modelPath);
        if (task != null && !model.isForPictures()) {
            throw InputException.in(modelPath, "works on no pictures, which --degrade needs", "no --degrade");
        }
        List<RestoreInput> inputs =
                files.stream().map(file -> RestoreInput.read(file, model, resize)).toList();
        List<Restored> results = new ArrayList<>();
        ObjectNode report = Json.object().put("command", "restore").put("version", Version.text());
        Set<String> names = new HashSet<>();
        try (Backends backends = Backends.open(backend, output.remarks(spec))) {
            backends.describe(report);
            for (int i = 0; i < inputs.size(); i++) {
                results.add(restore(inputs.get(i), i, model, task, backends, names));
            }
        }
        makeFolder();
        write(results, model);
        report(results, report);
        return ExitCode.DONE;
    }

    /** What became of one file; {@code clean} is null unless it was degraded here. */
    private record Restored(String name, RestoreInput input, float[] clean, float[] degraded, float[] restored) {
        String psnr(float[] values) {
            return clean == null ? "" : String.format(Locale.ROOT, "%.2f dB", Psnr.of(Psnr.mse(values, clean)));
        }
    }

    private Restored restore(
            RestoreInput input, int index, Model model, Task task, Backends backends, Set<String> names) {
        float[] measured = task == null ? input.values()
                : task.degradation().apply(
                        input.values(), model.rows(), model.columns(), seed, Task.RESTORE_STREAM + index);
        float[] restored = model.apply(backends.backend(), measured, input.count());
        String name = unique(input.stem(), names) + "-restored";
        return new Restored(name, input, task == null ? null : input.values(), measured, restored);
    }

    /** The stem, or with a number where an earlier file has the same. */
    private static String unique(String stem, Set<String> names) {
        String name = stem;
        for (int number = 2; !names.add(name); number++) {
            name = stem + "-" + number;
        }
        return name;
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException problem) {
            throw InputException.unwritable(out, problem);
        }
    }

    private void write(List<Restored> results, Model model) {
        for (Restored result : results) {
            if (result.input.table()) {
                Npy.write(out.resolve(result.name + ".npy"),
                        new FloatTable(result.input.count(), model.outputs(), result.restored));
            } else {
                Png.write(out.resolve(result.name + ".png"),
                        new GreyImage(model.columns(), model.rows(), result.restored));
            }
        }
        List<Restored> pictures = results.stream().filter(result -> !result.input.table()).toList();
        if (!pictures.isEmpty()) {
            writeSheet(pictures, model);
        }
    }

    private void writeSheet(List<Restored> pictures, Model model) {
        boolean hasClean = degrade != null;
        List<ImageSheet.Column> columns = new ArrayList<>();
        if (hasClean) {
            columns.add(ImageSheet.Column.grey("clean"));
        }
        columns.add(ImageSheet.Column.grey("input"));
        columns.add(ImageSheet.Column.grey("restored"));
        ImageSheet sheet = new ImageSheet("Restored", model.columns(), model.rows(), 1, columns);
        for (Restored picture : pictures.subList(0, Math.min(MOST_ON_SHEET, pictures.size()))) {
            List<ImageSheet.Tile> tiles = new ArrayList<>();
            if (hasClean) {
                tiles.add(new ImageSheet.Tile(picture.clean, ""));
            }
            tiles.add(new ImageSheet.Tile(picture.degraded, picture.psnr(picture.degraded)));
            tiles.add(new ImageSheet.Tile(picture.restored, picture.psnr(picture.restored)));
            sheet.row(tiles.toArray(ImageSheet.Tile[]::new));
        }
        sheet.write(out.resolve("sheet.png"));
    }

    private void report(List<Restored> results, ObjectNode report) {
        report.put("model", modelPath.toString()).put("out", out.toString());
        for (Restored result : results) {
            String file = out.resolve(result.name + (result.input.table() ? ".npy" : ".png")).toString();
            spec.commandLine().getOut().println(result.input.path() + " -> " + file
                    + (degrade == null ? "" : ": " + result.psnr(result.degraded) + " degraded, "
                            + result.psnr(result.restored) + " restored"));
            ObjectNode entry = report.withArray("files").addObject();
            entry.put("input", result.input.path().toString()).put("restored", file);
            if (result.clean != null) {
                entry.set("psnr_degraded", Json.number(Psnr.of(Psnr.mse(result.degraded, result.clean))));
                entry.set("psnr_restored", Json.number(Psnr.of(Psnr.mse(result.restored, result.clean))));
            }
        }
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }
}
