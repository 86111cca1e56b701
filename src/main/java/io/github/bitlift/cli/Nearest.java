package io.github.bitlift.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what was meant. */
final class Nearest {
    private Nearest() {}

    /** The valid text that takes the fewest changes to reach, if that is fewer than about half its letters. */
    static Optional<String> to(String given, Collection<String> valid) {
        String wanted = normal(given);
        return valid.stream()
                .filter(text -> distance(wanted, normal(text)) <= Math.max(2, normal(text).length() / 2))
                .min(Comparator.comparingInt((String text) -> distance(wanted, normal(text))));
    }

    /** {@code " (did you mean X?)"}, or nothing. */
    static String hint(String given, Collection<String> valid) {
        return to(given, valid).map(text -> " (did you mean " + text + "?)").orElse("");
    }

    /** Whether a text differs from another in its case or by a slip or two. */
    static boolean isNear(String given, String text) {
        return distance(normal(given), normal(text)) <= 2;
    }

    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Insertions, deletions and replacements of single letters that lead from one text to the other. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
