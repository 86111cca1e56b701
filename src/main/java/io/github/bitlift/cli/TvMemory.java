package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariation.Model;
import io.github.bitlift.solver.TotalVariationSettings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * How many images are worked on at a time, and what memory that takes.
 *
 * @param limit in bytes; null for none
 * @param atOnce images at a time
 * @param heapBytes of numbers on the Java heap beside the backend's buffers
 * @param backendBytes of the backend's buffers and its programs' scratch
 */
record TvMemory(Long limit, int atOnce, long heapBytes, long backendBytes) {
    /** The share of the Java heap for the buffers where no limit is given. */
    private static final int SHARE = 4;
    /** The share that an image surely gets where memory ran out: the rest is the Java machine's, or in pieces. */
    private static final double SURE = 0.75;

    /**
     * As many images as fit.
     *
     * @throws InputException if one image alone exceeds a limit, the device or the Java heap, saying how large it may be
     */
    static TvMemory of(TvImages input, boolean hasTruth, Long limit, Backend backend) {
        Needs needs = new Needs(backend, input.images().count(), hasTruth ? 3 : 2);
        int height = input.images().height();
        int width = input.images().width();
        long whole = needs.whole(height, width);
        long part = needs.part(height, width);
        long one = needs.backend(height, width, 1);
        if (limit != null && whole + part + one > limit) {
            throw new InputException("--memory-limit " + MemorySize.text(limit) + ": the images take "
                    + MemorySize.text(whole) + ", and working on one at a time " + MemorySize.text(part + one)
                    + "; expected a larger limit, or " + needs.most(side -> needs.total(side) <= limit));
        }
        long free = backend.deviceMemory().orElse(Long.MAX_VALUE);
        if (one > free) {
            throw InputException.in(input.path(), input.shape() + ", of which one takes " + MemorySize.text(one) + " on "
                            + backend.name() + ", " + perPixel(one, height, width) + ", where " + MemorySize.text(free)
                            + " are free",
                    needs.most(side -> needs.backend(side, side, 1) <= free) + ", or --backend cpu");
        }
        long heap = Runtime.getRuntime().maxMemory();
        long needed = whole + part + needs.onHeap(height, width);
        if (needed > heap) {
            throw InputException.in(input.path(), input.shape() + " on a Java heap of " + MemorySize.text(heap) + ", where "
                    + MemorySize.text(needed) + " are needed, " + perPixel(needed, height, width), needs.mostOnHeap());
        }
        long room = limit == null ? heap / SHARE : limit - whole;
        int atOnce = Math.max(1, largest(
                Math.min(input.images().count(), Integer.MAX_VALUE / 2 / input.images().pixels()),
                n -> n * part + needs.backend(height, width, n) <= room && needs.backend(height, width, n) <= free));
        return new TvMemory(limit, atOnce, whole + atOnce * part, needs.backend(height, width, atOnce));
    }

    /** For images whose memory the Java heap didn't have after all, or that it couldn't even read. */
    static InputException exceeded(Path in, int count, boolean hasTruth, Backend backend, Throwable problem) {
        return new InputException(in + ": not enough memory on a Java heap of "
                + MemorySize.text(Runtime.getRuntime().maxMemory()) + "; expected "
                + new Needs(backend, count, hasTruth ? 3 : 2).mostOnHeap(), problem);
    }

    /** Bytes by an image's size. */
    private record Needs(Backend like, int count, int copies) {
        /** Of all images: input, result and, if there is one, truth. */
        long whole(long height, long width) {
            return count * part(height, width);
        }

        /** Of one image's copy of these. */
        long part(long height, long width) {
            return Float.BYTES * height * width * copies;
        }

        /** Of the backend's buffers for n images: counted, by building the solver where nothing is allocated. */
        long backend(int height, int width, int n) {
            SizingBackend sizing = new SizingBackend(like);
            Model model = new Model(height, width, true, 1f);
            try (TotalVariation solver = new TotalVariation(sizing, model, TotalVariationSettings.DEFAULT, n)) {
                return sizing.memory().held();
            }
        }

        long onHeap(int height, int width) {
            return like.deviceMemory().isPresent() ? 0 : backend(height, width, 1);
        }

        long total(int side) {
            return whole(side, side) + part(side, side) + backend(side, side, 1);
        }

        String most(IntPredicate fits) {
            int side = largest((int) Math.sqrt(TotalVariation.MOST_PIXELS), fits);
            return side == 0 ? "fewer images" : (count == 1 ? "an image" : "images") + " of at most " + side + " x " + side;
        }

        String mostOnHeap() {
            long heap = (long) (SURE * Runtime.getRuntime().maxMemory());
            return most(side -> whole(side, side) + part(side, side) + onHeap(side, side) <= heap)
                    + ", or a larger BITLIFT_MEMORY (such as 8g)";
        }
    }

    /** The largest number up to {@code most} for which something holds that holds for all below; 0 for none. */
    private static int largest(int most, IntPredicate holds) {
        int found = 0;
        for (int step = Integer.highestOneBit(most); step > 0; step >>= 1) {
            found += found + step <= most && holds.test(found + step) ? step : 0;
        }
        return found;
    }

    private static String perPixel(long bytes, long height, long width) {
        return String.format(Locale.ROOT, "%.1f bytes per pixel", (double) bytes / (height * width));
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
