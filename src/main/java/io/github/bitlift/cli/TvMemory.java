package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariation.Model;
import io.github.bitlift.solver.TotalVariationSettings;

/**
 * How many images are worked on at a time, and what memory that takes; scratch that a backend's programs own isn't in it.
 *
 * @param limit in bytes; null for none
 * @param atOnce images at a time
 * @param heapBytes of numbers on the Java heap beside the backend's buffers
 * @param backendBytes of the backend's buffers
 */
record TvMemory(Long limit, int atOnce, long heapBytes, long backendBytes) {
    /** The share of the Java heap for the buffers where no limit is given. */
    private static final int SHARE = 4;

    /**
     * As many images as fit.
     *
     * @throws InputException if a limit is given that one image exceeds
     */
    static TvMemory of(TvImages input, boolean hasTruth, Long limit) {
        long image = (long) Float.BYTES * input.images().pixels();
        long whole = input.images().count() * image * (hasTruth ? 3 : 2);
        long perImage = perImage(input);
        // A part's input, result and truth are copied out of the whole.
        long parts = image * (hasTruth ? 3 : 2);
        long room = limit == null ? Runtime.getRuntime().maxMemory() / SHARE : limit - whole;
        long fitting = room / (perImage + parts);
        if (fitting < 1 && limit != null) {
            throw new InputException("--memory-limit " + MemorySize.text(limit) + ": the images take "
                    + MemorySize.text(whole) + ", and working on one at a time " + MemorySize.text(perImage + parts)
                    + "; expected a larger limit");
        }
        int atOnce = (int) Math.max(1, Math.min(input.images().count(), fitting));
        return new TvMemory(limit, atOnce, whole + atOnce * parts, atOnce * perImage);
    }

    /** Counted, by building the solver where nothing is allocated. */
    private static long perImage(TvImages input) {
        SizingBackend backend = new SizingBackend();
        Model model = new Model(input.images().height(), input.images().width(), true, 1f);
        try (TotalVariation solver = new TotalVariation(backend, model, TotalVariationSettings.DEFAULT, 1)) {
            return backend.memory().held();
        }
    }

    /** Holds the backend to its share of the limit. */
    void limit(Backend backend) {
        if (limit != null) {
            backend.memory().limit(limit - heapBytes);
        }
    }

    /** {@code memory} of a report. */
    void report(ObjectNode report, Backend backend) {
        report.putObject("memory").put("limit_bytes", limit).put("stated_bytes", heapBytes + backendBytes)
                .put("heap_bytes", heapBytes).put("backend_peak_bytes", backend.memory().peak()).put("at_once", atOnce);
    }
}
