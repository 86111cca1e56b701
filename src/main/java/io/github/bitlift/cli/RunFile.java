package io.github.bitlift.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Sha256;
import io.github.bitlift.solver.StoppingRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;

/**
 * {@code run.json}: what a run was started with.
 *
 * @param format of this file
 * @param version of the program that started the run
 * @param options what defines the bits
 * @param steps how many steps it shall take
 * @param logEvery steps between rows of metrics
 * @param stop when it ends earlier, null for never
 * @param stopLoss the mean squared error at which it ends earlier, null for none
 * @param data digest of all training and validation numbers
 * @param start digest of the initial parameters
 * @param fingerprint digest of options, data and start; its checkpoints carry it too
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"format", "version", "options", "steps", "log-every", "stop", "stop-loss", "data", "start", "fingerprint"})
record RunFile(
        int format,
        String version,
        RunConfig options,
        long steps,
        long logEvery,
        StoppingRule stop,
        Double stopLoss,
        String data,
        String start,
        String fingerprint) {
    private static final int FORMAT = 1;

    /** Describes a new run. */
    static RunFile of(Problem problem, String data, RunSettings settings) {
        String start = problem.parameters().digest();
        return new RunFile(
                FORMAT, Version.text(), problem.config(), settings.steps(), settings.logEvery(), stop(settings),
                settings.stopLoss(), data, start, fingerprint(problem.config(), data, start));
    }

    private static String fingerprint(RunConfig options, String data, String start) {
        MessageDigest digest = Sha256.start();
        digest.update((Json.line(options.tree()) + "\n" + data + "\n" + start).getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest);
    }

    /** Reads and verifies. */
    static RunFile read(Path path) {
        JsonNode tree = Json.read(path);
        if (tree.path("format").asInt() != FORMAT) {
            throw InputException.in(path, "has format " + tree.path("format"), String.valueOf(FORMAT));
        }
        RunFile run = Json.convert(path, tree, RunFile.class);
        if (run.options == null || !fingerprint(run.options, run.data, run.start).equals(run.fingerprint)) {
            throw InputException.in(path, "digest mismatch: the file is damaged or was edited",
                    "run.json exactly as bitlift wrote it");
        }
        return run;
    }

    /** The same run with other steps. */
    RunFile with(RunSettings settings) {
        return new RunFile(
                format, version, options, settings.steps(), settings.logEvery(), stop(settings), settings.stopLoss(), data,
                start, fingerprint);
    }

    private static StoppingRule stop(RunSettings settings) {
        return settings.stop().checks() ? settings.stop() : null;
    }

    /**
     * Refuses options that contradict this run.
     *
     * @param given options by name, paths absolute
     */
    void requireConsistent(Map<String, Object> given, Path folder) {
        JsonNode stored = options.tree();
        given.forEach((name, value) -> {
            JsonNode mine = stored.path(name);
            boolean absent = mine.isMissingNode();
            boolean differs = absent ? !Unused.mayBe(name) : !mine.equals(Json.MAPPER.valueToTree(value));
            if (RunConfigNames.ALL.contains(name) && differs) {
                throw new InputException("--" + name + " " + Json.MAPPER.valueToTree(value) + ": the run in " + folder
                        + " has " + (!absent ? mine : name.equals("data") ? "the bundled data" : "none")
                        + "; expected the same, no --" + name + ", or another --out");
            }
        });
    }

    /** Writes it whole or not at all. */
    void write(Path path) {
        Json.write(path, Json.MAPPER.valueToTree(this));
    }
}
