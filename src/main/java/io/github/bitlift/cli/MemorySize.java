package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as people write them. */
final class MemorySize {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12})([kmgKMG]?)");
    private static final String UNITS = "kmg";

    private MemorySize() {}

    /** Bytes of {@code 512m}, {@code 2g}, {@code 64k} or a plain number, each letter standing for another factor 1,024. */
    static long parse(String option, String text) {
        Matcher parts = TEXT.matcher(text);
        long bytes = parts.matches() ? Long.parseLong(parts.group(1)) : 0;
        if (bytes < 1) {
            throw new InputException(option + " " + text + ": expected a size above 0 such as 512m or 2g");
        }
        String unit = parts.group(2).toLowerCase(Locale.ROOT);
        return unit.isEmpty() ? bytes : bytes << 10 * (UNITS.indexOf(unit) + 1);
    }

    /** Such as {@code 92.3 MiB}. */
    static String text(long bytes) {
        return bytes < 1 << 20
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
