package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.util.List;

/** Option values that are one of a few names. */
final class Choice {
    private Choice() {}

    /**
     * The value, if it is valid.
     *
     * @throws InputException naming the valid values and the nearest
     */
    static String require(String option, String value, List<String> valid) {
        if (!valid.contains(value)) {
            throw new InputException(option + " '" + value + "': unknown" + Nearest.hint(value, valid) + "; expected "
                    + list(valid));
        }
        return value;
    }

    /** {@code a, b or c}. */
    static String list(List<String> words) {
        int last = words.size() - 1;
        return last < 1 ? String.join("", words) : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }
}
