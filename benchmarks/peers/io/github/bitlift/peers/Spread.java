package io.github.bitlift.peers;

import java.util.Arrays;
import java.util.Locale;

/** The middle and both ends of what was measured over the rounds. */
record Spread(double median, double least, double most) {

    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    Spread times(double factor) {
        return new Spread(median * factor, least * factor, most * factor);
    }

    /** Median [least–most], with three digits of the median. */
    String text() {
        int digits = Math.max(0, 2 - (int) Math.floor(Math.log10(median)));
        String format = "%." + digits + "f";
        return String.format(Locale.ROOT, format + " [" + format + "–" + format + "]", median, least, most);
    }
}
