package io.github.bitlift.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How large an experiment is. */
public enum Scale {
    /** Seconds: every build runs it and checks the claims. */
    TINY,
    /** At most ten minutes on 2 cores. */
    SMALL,
    /** The paper's own size, meant for a GPU. */
    PAPER;

    /** The name on the command line. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Scale::title).toList();
    }

    /** One of three values, by scale. */
    public <T> T choose(T tiny, T small, T paper) {
        return switch (this) {
            case TINY -> tiny;
            case SMALL -> small;
            case PAPER -> paper;
        };
    }
}
