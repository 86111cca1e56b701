package io.github.bitlift.cli;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.io.Checkpoint;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.io.Tensor;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Stopping;
import io.github.bitlift.solver.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The whole state of a training run to and from a file. */
final class Checkpoints {
    /** The parameters; the name that the trainers use for their optimiser is a prefix. */
    private static final String THETA = "parameters";
    private static final String STEP = "step";
    private static final String WIDTHS = "widths";
    private static final String FINGERPRINT = "fingerprint";
    private static final String BEST = "stop-best";
    private static final String SINCE = "stop-since";

    private Checkpoints() {}

    /** Writes θ, the trainer's state, the number of complete steps and what decides when to stop. */
    static void write(Path path, Problem problem, Stopping stopping, String fingerprint) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(WIDTHS, problem.config().widths().toString());
        if (stopping.checks()) {
            metadata.put(BEST, Double.toHexString(stopping.best()));
            metadata.put(SINCE, Integer.toString(stopping.since()));
        }
        write(path, problem.parameters(), problem.trainer(), fingerprint, metadata);
    }

    /**
     * Writes θ, the trainer's state and the number of complete steps.
     *
     * @param notes whatever else belongs to the run
     */
    static void write(
            Path path, Parameters theta, Trainer trainer, String fingerprint, Map<String, String> notes) {
        List<Tensor> tensors = new ArrayList<>();
        state(theta, trainer).forEach((name, matrix) -> tensors.add(
                new Tensor(name, new int[] {matrix.rows(), matrix.columns()}, matrix.toArray())));
        Map<String, String> metadata = new TreeMap<>(notes);
        metadata.put(STEP, Long.toString(trainer.steps()));
        metadata.put(FINGERPRINT, fingerprint);
        metadata.put("version", Version.text());
        Checkpoint.write(path, tensors, metadata);
    }

    /**
     * Puts a problem where a checkpoint left it.
     *
     * @throws InputException if the file is damaged or belongs to another run; the problem is then as it was
     */
    static void restore(Path path, Problem problem, Stopping stopping, String fingerprint) {
        Safetensors saved = Checkpoint.read(path);
        String widths = problem.config().widths().toString();
        if (!saved.require(WIDTHS).equals(widths)) {
            throw InputException.in(path, "belongs to another architecture, of widths " + saved.require(WIDTHS), widths);
        }
        restore(saved, problem.parameters(), problem.trainer(), fingerprint);
        if (saved.metadata().containsKey(BEST)) {
            stopping.restore(Double.parseDouble(saved.require(BEST)), Integer.parseInt(saved.require(SINCE)));
        }
    }

    /**
     * Puts θ and a trainer where a checkpoint left them.
     *
     * @return the checkpoint
     * @throws InputException if the file is damaged or belongs to another run; they are then as they were
     */
    static Safetensors restore(Path path, Parameters theta, Trainer trainer, String fingerprint) {
        Safetensors saved = Checkpoint.read(path);
        restore(saved, theta, trainer, fingerprint);
        return saved;
    }

    private static void restore(Safetensors saved, Parameters theta, Trainer trainer, String fingerprint) {
        if (!saved.require(FINGERPRINT).equals(fingerprint)) {
            throw InputException.in(
                    saved.path(), "belongs to a run with other options or data", "the checkpoint of this run");
        }
        Map<String, Matrix> state = state(theta, trainer);
        state.forEach((name, matrix) -> saved.require(name, matrix.rows(), matrix.columns()));
        state.forEach((name, matrix) -> matrix.write(saved.tensors().get(name).values()));
        trainer.restored(Long.parseLong(saved.require(STEP)));
    }

    /** Bytes of the numbers that a checkpoint holds. */
    static long bytes(Problem problem) {
        return Float.BYTES * state(problem.parameters(), problem.trainer()).values().stream().mapToLong(Matrix::size).sum();
    }

    /** Everything the next step depends on, by name. */
    private static Map<String, Matrix> state(Parameters theta, Trainer trainer) {
        Map<String, Matrix> state = new LinkedHashMap<>();
        state.put(THETA, theta.all());
        trainer.state().forEach((name, matrix) -> {
            if (state.put(name, matrix) != null) {
                throw new IllegalStateException("two entries of the state are named " + name);
            }
        });
        return state;
    }
}
