package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.reproduce.States;
import io.github.bitlift.solver.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * A checkpoint per training run of an experiment, in its folder.
 *
 * @param out the folder
 * @param resume whether runs that were begun go on; else what they left is removed
 * @param afterStep called after each checkpoint with the number of complete steps
 */
record ReproduceStates(Path out, boolean resume, LongConsumer afterStep) implements States {

    @Override
    public void keep(String name, String fingerprint, Parameters theta, Trainer trainer, Map<String, String> notes) {
        Checkpoints.write(path(name), theta, trainer, fingerprint, notes);
        afterStep.accept(trainer.steps());
    }

    @Override
    public Map<String, String> restore(String name, String fingerprint, Parameters theta, Trainer trainer) {
        Path path = path(name);
        if (resume && Files.exists(path)) {
            return Checkpoints.restore(path, theta, trainer, fingerprint).metadata();
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException problem) {
            throw InputException.unwritable(path, problem);
        }
        return Map.of();
    }

    /** {@code Fashion-MNIST-1K SGD-BP, 225 epochs} becomes {@code Fashion-MNIST-1K-SGD-BP-225-epochs.checkpoint.safetensors}. */
    private Path path(String name) {
        return out.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".checkpoint.safetensors");
    }
}
