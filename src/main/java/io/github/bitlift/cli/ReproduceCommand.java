package io.github.bitlift.cli;

import io.github.bitlift.data.Fetch;
import io.github.bitlift.data.KnownSet;
import io.github.bitlift.io.InputException;
import io.github.bitlift.reproduce.Experiment;
import io.github.bitlift.reproduce.Experiments;
import io.github.bitlift.reproduce.Report;
import io.github.bitlift.reproduce.Scale;
import io.github.bitlift.reproduce.Setting;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bitlift reproduce}. */
@Command(
        name = "reproduce",
        header = "Repeats one of the papers' experiments and says which of its claims hold.",
        sortOptions = false,
        customSynopsis = {
            "bitlift reproduce NAME [--scale tiny|small|paper] [options]",
            "       bitlift reproduce --list"
        },
        description = {
            "In --out it leaves report.md and report.json, curves and pictures, and a folder per training run.",
            "It ends in exit code 1 if a claim fails."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift reproduce --list",
            "  bitlift reproduce denoise --scale small",
            "  bitlift reproduce denoise --scale paper --backend cuda --out out/denoise --json denoise.json"
        })
final class ReproduceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The experiment; --list names them all.")
    private String name;

    @Option(names = "--list", order = 1, description = "List the experiments and end.")
    private boolean list;

    @Option(names = "--scale", paramLabel = "NAME", defaultValue = "small", order = 2,
            description = "tiny (seconds), small (at most 10 minutes on 2 cores) or paper (the paper's own size, meant for"
                    + " a GPU) (default: ${DEFAULT-VALUE}).")
    private String scale;

    @Option(names = "--out", paramLabel = "DIR", order = 3,
            description = "Where the report goes (default: out/reproduce/NAME-SCALE). An earlier report of the same"
                    + " experiment is replaced.")
    private Path out;

    @Option(names = "--resume", order = 4,
            description = "Go on with the training runs that --out holds, to the same bits.")
    private boolean resume;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", order = 5,
            description = "Of weights, degradations and batches (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--no-pictures", order = 6, description = "Draw nothing (Java's own graphics stay unused).")
    private boolean noPictures;

    @Mixin
    private BackendOptions backend;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        Backends.check(backend);
        Scale size = scale();
        if (list) {
            if (name != null) {
                throw new InputException("reproduce " + name + ": expected a name or --list");
            }
            return list();
        }
        Experiment experiment = experiment();
        if (!noPictures) {
            Graphics.require("reproduce", "use the full build, or --no-pictures");
        }
        ReproduceFolder folder = new ReproduceFolder(
                out != null ? out : Path.of("out", "reproduce", name + "-" + scale), name, scale, seed);
        folder.requireOwn(resume);
        PrintWriter remarks = output.remarks(spec);
        try (Backends backends = Backends.open(backend, remarks)) {
            remarks.println(experiment.title() + " (" + experiment.source() + ")");
            if (resume && !experiment.canBeResumed()) {
                remarks.println("--resume: " + name + " trains nothing and has nothing to resume; it starts anew");
            }
            new ReproduceEstimate(experiment.cost(size), size).print(backends.backend(), remarks);
            folder.prepare();
            ReproduceReport report = run(experiment, size, folder, backends, remarks);
            report.write(folder.path());
            report.print(spec.commandLine().getOut());
            if (output.json != null) {
                Json.write(output.json, report.json());
            }
            return report.report().holds() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    private Scale scale() {
        Choice.require("--scale", scale, Scale.names());
        return Scale.valueOf(scale.toUpperCase(Locale.ROOT));
    }

    private Experiment experiment() {
        List<String> names = Experiments.all().stream().map(Experiment::name).toList();
        if (name == null) {
            throw new InputException("reproduce: which experiment? expected " + Choice.list(names));
        }
        Choice.require("reproduce", name, names);
        return Experiments.all().get(names.indexOf(name));
    }

    private int list() {
        PrintWriter to = spec.commandLine().getOut();
        for (Experiment each : Experiments.all()) {
            to.printf("%-18s %s (%s)%n", each.name(), each.title(), each.source());
        }
        if (output.json != null) {
            var json = Json.object().put("command", "reproduce").put("version", Version.text());
            Experiments.all().forEach(each -> json.withArray("experiments").addObject()
                    .put("name", each.name()).put("title", each.title()).put("source", each.source()));
            Json.write(output.json, json);
        }
        return ExitCode.DONE;
    }

    private ReproduceReport run(
            Experiment experiment, Scale size, ReproduceFolder folder, Backends backends, PrintWriter remarks) {
        long start = System.nanoTime();
        double processor = ReproduceTrainings.processorSeconds();
        Report report = experiment.run(new Setting(
                size, backends.backend(), folder.path(), seed, !noPictures,
                new ReproduceTrainings(
                        backends, folder.path(), seed, resume, !noPictures, remarks, output.quiet, main.afterStep()),
                new ReproduceStates(folder.path(), resume, main.afterStep()),
                ReproduceCommand::folderOf, remarks::println));
        return new ReproduceReport(
                experiment, size, seed, backends, report, (System.nanoTime() - start) * 1e-9,
                ReproduceTrainings.processorSeconds() - processor);
    }

    /** Where the bundled set lies, and where {@code bitlift data fetch} puts the others. */
    private static Path folderOf(KnownSet set) {
        if (set == KnownSet.MNIST5K) {
            return Home.bundledData();
        }
        Path folder = Fetch.defaultFolder(set, System.getenv());
        if (!Files.isDirectory(folder)) {
            throw InputException.in(folder, "does not exist, and this scale needs all of " + set.title(),
                    "the set that ./bitlift data fetch " + set.title() + " puts there");
        }
        return folder;
    }
}
