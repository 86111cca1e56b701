package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.reproduce.Cost;
import io.github.bitlift.reproduce.Scale;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What an experiment will take, said before it starts.
 *
 * @param cost by its sizes
 * @param scale whether it is one for a GPU
 */
record ReproduceEstimate(Cost cost, Scale scale) {

    /** Extent, memory, and the least time that the backend's arithmetic allows. */
    void print(Backend backend, PrintWriter to) {
        String text = String.format(
                Locale.ROOT, "%s scale: %s; %.3g operations, %s of arrays", scale.title(), cost.extent(),
                cost.operations(), memory(cost.bytes()));
        OptionalDouble ceiling = backend.arithmeticCeiling();
        to.println(text + (ceiling.isEmpty() ? "; how long is not known here"
                : String.format(Locale.ROOT, "; %s at the %.3g operations/s that this device reaches just now",
                        time(cost.operations() / ceiling.getAsDouble()), ceiling.getAsDouble())));
        if (scale == Scale.PAPER && !backend.name().equals("cuda")) {
            to.println("this scale is meant for a GPU; --scale small is for processors");
        }
    }

    private static String memory(double bytes) {
        return bytes < 1e9 ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(bytes * 1e-6))
                : String.format(Locale.ROOT, "%.1f GB", bytes * 1e-9);
    }

    private static String time(double seconds) {
        return seconds < 1 ? "less than a second's arithmetic"
                : seconds < 120 ? String.format(Locale.ROOT, "at least %.0f s", Math.floor(seconds))
                        : seconds < 7200 ? String.format(Locale.ROOT, "at least %.0f min", Math.floor(seconds / 60))
                                : String.format(Locale.ROOT, "at least %.0f h", Math.floor(seconds / 3600));
    }
}
