package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.reproduce.Trainings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import picocli.CommandLine;

/** Runs of {@code bitlift train} within an experiment, each in a folder of its own. */
final class ReproduceTrainings implements Trainings {
    private final Backends backends;
    private final Path out;
    private final long seed;
    private final boolean resume;
    private final boolean pictures;
    private final PrintWriter remarks;
    private final boolean quiet;
    private final LongConsumer afterStep;
    private final Map<DataSource, TrainingData> loaded = new HashMap<>();

    /**
     * Prepares.
     *
     * @param out the folder that theirs go into
     * @param resume whether runs that were begun go on
     */
    ReproduceTrainings(
            Backends backends, Path out, long seed, boolean resume, boolean pictures, PrintWriter remarks,
            boolean quiet, LongConsumer afterStep) {
        this.backends = backends;
        this.out = out;
        this.seed = seed;
        this.resume = resume;
        this.pictures = pictures;
        this.remarks = remarks;
        this.quiet = quiet;
        this.afterStep = afterStep;
    }

    @Override
    public Training run(String name, List<String> options) {
        return run(null, name, options);
    }

    @Override
    public Training further(String earlier, String name, List<String> options) {
        return run(new RunFolder(out.resolve(earlier)), name, options);
    }

    private Training run(RunFolder earlier, String name, List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--seed", Long.toString(seed)));
        TrainOptions train = new TrainOptions();
        new CommandLine(new Holder(train)).parseArgs(all.toArray(String[]::new));
        train.run.noPictures = !pictures;
        RunSettings.check(train.run);
        ConfigResolver resolver = new ConfigResolver(train);
        DataSource source = resolver.source();
        TrainingData data = loaded.computeIfAbsent(source, TrainingData::load);
        RunConfig config = resolver.resolve(source, data, null);
        RunFolder folder = new RunFolder(out.resolve(name));
        remarks.println("training " + name + ": " + config.method() + ", " + data.description());
        TrainingSession session = new TrainingSession(
                config, data, null, RunSettings.of(train.run, config), folder,
                new TrainingSession.Console(name, remarks, quiet, afterStep));
        double processor = processorSeconds();
        TrainingSession.Outcome outcome = session(session, earlier, folder, config);
        return training(name, all, data, outcome, processorSeconds() - processor);
    }

    private TrainingSession.Outcome session(
            TrainingSession session, RunFolder earlier, RunFolder folder, RunConfig config) {
        if (!resume || !folder.hasRun()) {
            if (earlier == null) {
                return session.start(backends, (Safetensors) null);
            }
            folder.copy(earlier);
        }
        RunFile run = RunFile.read(folder.run());
        if (!run.options().equals(config)) {
            throw InputException.in(folder.path(), "holds a run with other options",
                    "one of this experiment and this version; or leave --resume out to start anew");
        }
        return session.resume(backends, run);
    }

    private static Training training(
            String name, List<String> options, TrainingData data, TrainingSession.Outcome outcome, double processor) {
        Double input = RunReport.psnrInput(data);
        return new Training(
                name, "./bitlift train " + String.join(" ", options),
                new Metrics(outcome.table().columns(), outcome.table().rows()),
                outcome.report().get("digest").asText(), input == null ? Double.NaN : input,
                outcome.report().get("seconds").asDouble(), processor,
                new Restored(data.pictures(data.train()), outcome.trainingSamples()),
                new Restored(data.pictures(data.shown()), outcome.samples()));
    }

    /** Of all threads of this process so far. */
    static double processorSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(java.time.Duration::toNanos).orElse(0L) * 1e-9;
    }

    /** The options of {@code train} alone. */
    @CommandLine.Command
    private static final class Holder {
        @CommandLine.Mixin
        private final TrainOptions options;

        Holder(TrainOptions options) {
            this.options = options;
        }
    }
}
