package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.MemoryLimitException;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a run keeps its data and how much memory it takes at most, on the backend and for numbers on the Java heap; what
 * the Java machine, its libraries and a driver need for themselves comes on top. The bits depend on none of it.
 *
 * @param limit in bytes; null for none
 * @param stored whether samples are read when they are wanted instead of being held in memory
 * @param atOnce samples that are read and evaluated at a time
 * @param parts bytes by what they are for
 * @param backendBytes those of the backend's buffers; scratch that a device's programs own isn't in them
 */
record MemoryPlan(Long limit, boolean stored, int atOnce, Map<String, Long> parts, long backendBytes) {

    /**
     * Data in memory if that fits, else out of core.
     *
     * @param limit in bytes; null for what the Java heap holds
     * @throws InputException if a limit is given and the run doesn't fit even then, saying by how much and what would
     */
    static MemoryPlan of(RunConfig config, TrainingData data, Safetensors init, Long limit) {
        MemoryNeeds needs = new MemoryNeeds(config, data, init);
        int samples = config.batch() == null ? data.train().count() : config.batch();
        int usual = Math.min(data.atOnce(), data.most());
        long bound = limit == null ? Runtime.getRuntime().maxMemory() : limit;
        boolean holdable = needs.data() / Float.BYTES <= TrainingData.MOST_IN_MEMORY;
        if (holdable && needs.total(false, samples, usual) <= bound) {
            return plan(needs, limit, false, samples, usual);
        }
        int least = Math.min(usual, samples);
        if (limit == null || needs.total(true, samples, usual) <= bound) {
            return plan(needs, limit, true, samples, usual);
        }
        if (needs.total(true, samples, least) > bound) {
            throw tooLittle(config, data, needs, samples, limit);
        }
        return plan(needs, limit, true, samples, least);
    }

    private static MemoryPlan plan(MemoryNeeds needs, Long limit, boolean stored, int samples, int atOnce) {
        return new MemoryPlan(
                limit, stored, atOnce, needs.parts(stored, samples, atOnce), needs.backend(samples, atOnce));
    }

    private static InputException tooLittle(
            RunConfig config, TrainingData data, MemoryNeeds needs, int samples, long limit) {
        int usual = Math.min(data.atOnce(), data.most());
        int least = Math.min(usual, samples);
        long need = needs.total(true, samples, least);
        int fitting = 0;
        for (int step = Integer.highestOneBit(samples); step > 0; step >>= 1) {
            int batch = fitting + step;
            fitting = batch < samples && needs.total(true, batch, Math.min(usual, batch)) <= limit ? batch : fitting;
        }
        boolean descends = config.batch() == null && config.solver() != null;
        String remedy = descends ? "all " + samples + " samples are worked on at once: expected --solver isgm, which takes"
                        + " batches, or fewer --images"
                : fitting > 0 ? "--batch " + fitting + " would fit"
                : needs.total(true, 1, 1) - data.files().heldBytes() <= limit
                        ? "expected the data's .gz files unpacked, so that they needn't be held in memory"
                : "network and optimiser alone are too large: expected narrower --widths or a larger limit";
        return new InputException("--memory-limit " + MemorySize.text(limit) + ": the run needs " + MemorySize.text(need)
                + ", " + MemorySize.text(need - limit) + " more (" + text(needs.parts(true, samples, least)) + "); "
                + remedy);
    }

    /** Puts the data where they shall be, and holds the backend to its share of a limit. */
    TrainingData place(TrainingData data, Backend backend) {
        if (limit != null) {
            backend.memory().limit(limit - heapBytes());
        }
        TrainingData placed = data.atOnce(atOnce);
        return stored ? placed : placed.loaded();
    }

    /** Bytes of numbers on the Java heap beside the backend's buffers. */
    long heapBytes() {
        return parts.values().stream().mapToLong(Long::longValue).sum() - backendBytes;
    }

    /** What the run takes at most, once its problem has been built on the backend. */
    long stated(Backend backend) {
        return heapBytes() + backend.memory().peak();
    }

    /** The same in words, with the parts, the largest first. */
    String text(Backend backend) {
        long programs = backend.memory().peak() - backendBytes;
        return "memory: at most " + MemorySize.text(stated(backend)) + (limit == null ? "" : " of " + MemorySize.text(limit))
                + " (" + text(parts) + (programs > 0 ? ", programs " + MemorySize.text(programs) : "") + "); data "
                + place();
    }

    private String place() {
        return stored ? "out of core" : "in memory";
    }

    private static String text(Map<String, Long> parts) {
        return parts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(part -> part.getKey() + " " + MemorySize.text(part.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** A device whose programs need scratch memory that didn't fit beside the buffers. */
    InputException refused(MemoryLimitException problem) {
        return new InputException("--memory-limit " + MemorySize.text(limit) + ": buffers and data need "
                + MemorySize.text(heapBytes() + backendBytes) + ", and the device's programs more than the rest: "
                + problem.getMessage() + "; expected a smaller --batch or a larger limit", problem);
    }

    /**
     * For reports: {@code stated_bytes} before the first step, {@code backend_peak_bytes} as measured by now, {@code
     * limit_bytes} or null, {@code data}, and {@code parts}.
     */
    ObjectNode report(long stated, Backend backend) {
        ObjectNode report = Json.object().put("stated_bytes", stated).put("heap_bytes", heapBytes())
                .put("backend_peak_bytes", backend.memory().peak()).put("limit_bytes", limit).put("data", place());
        report.set("parts", Json.MAPPER.valueToTree(parts));
        return report;
    }
}
