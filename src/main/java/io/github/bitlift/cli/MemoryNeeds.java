package io.github.bitlift.cli;

import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.solver.Samples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many bytes a run needs, as a function of the samples that it works on and evaluates at a time. Nothing is estimated:
 * the problem is built three times on a backend that only counts, for one and two samples; all of its buffers grow by the
 * same amount with every sample.
 */
final class MemoryNeeds {
    private final TrainingData data;
    private final boolean batches;
    private final Size fixed;
    private final Size perSample;
    private final long perEvaluated;
    private final long initial;

    private record Size(long backend, long state) {
        Size minus(Size other) {
            return new Size(backend - other.backend, state - other.state);
        }
    }

    private record Shape(int count, int inputWidth, int targetWidth) implements Samples {
        static Shape of(Samples samples, int count) {
            return new Shape(count, samples.inputWidth(), samples.targetWidth());
        }

        @Override
        public void readInputs(int first, int n, float[] to, int at) {
            // Only its sizes count.
        }

        @Override
        public void readTargets(int first, int n, float[] to, int at) {
            // Only its sizes count.
        }
    }

    /** Counts. */
    MemoryNeeds(RunConfig config, TrainingData data, Safetensors init) {
        Size one = size(config, data, 1, 1);
        this.data = data;
        this.batches = config.batch() != null;
        this.perSample = size(config, data, 2, 1).minus(one);
        this.perEvaluated = size(config, data, 1, 2).minus(one).backend;
        this.fixed = one.minus(perSample);
        this.initial = init == null ? 0 : init.tensors().values().stream().mapToLong(t -> bytes(t.values().length)).sum();
    }

    private static Size size(RunConfig config, TrainingData data, int samples, int evaluated) {
        RunConfig sized = config.batch() == null ? config : config.withBatch(samples);
        TrainingData shape = new TrainingData(
                Shape.of(data.train(), samples), Shape.of(data.train(), 2), data.rows(), data.columns(), data.centring(),
                "", evaluated, new DataFiles());
        SizingBackend backend = new SizingBackend();
        try (Problem problem = Problem.sized(sized, shape, backend)) {
            return new Size(backend.memory().held(), Checkpoints.bytes(problem));
        }
    }

    private static long bytes(long numbers) {
        return Float.BYTES * numbers;
    }

    /** Bytes of all samples in memory. */
    long data() {
        long numbers = numbers(data.train(), data.train().count());
        return bytes(data.validation() == null ? numbers : numbers + numbers(data.validation(), data.validation().count()));
    }

    private static long numbers(Samples samples, int count) {
        return (long) count * (samples.inputWidth() + samples.targetWidth());
    }

    /** Bytes of the backend's buffers. */
    long backend(int samples, int atOnce) {
        return fixed.backend - perEvaluated + samples * perSample.backend + atOnce * perEvaluated;
    }

    /**
     * All parts of the whole.
     *
     * @param stored whether the data stay in their files
     * @param samples how many the method works on at a time
     * @param atOnce how many are read and evaluated at a time
     */
    Map<String, Long> parts(boolean stored, int samples, int atOnce) {
        Map<String, Long> parts = new LinkedHashMap<>();
        long order = batches ? bytes(data.train().count()) : 0;
        parts.put("data", order + data.files().heldBytes() + (stored ? 0 : data()));
        int moved = batches ? samples : Math.min(TrainingData.AT_ONCE, samples);
        parts.put(batches ? "batch" : "samples", samples * perSample.backend + bytes(numbers(data.train(), moved)));
        parts.put("network and optimiser", fixed.backend - perEvaluated + initial);
        // On the heap: inputs, what they were before they were degraded, twice, targets, outputs; the rest of a set apart.
        long evaluated = 4L * data.train().inputWidth() + 3L * data.train().targetWidth();
        parts.put("evaluation", atOnce * (perEvaluated + bytes(evaluated)));
        parts.put("checkpoint", fixed.state + samples * perSample.state);
        return parts;
    }

    /** Their sum. */
    long total(boolean stored, int samples, int atOnce) {
        return parts(stored, samples, atOnce).values().stream().mapToLong(Long::longValue).sum();
    }
}
