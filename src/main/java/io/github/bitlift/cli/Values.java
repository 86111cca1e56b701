package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;

/** Option values that are numbers. */
final class Values {
    private Values() {}

    /** A number that binary32 holds as finite and above zero. */
    static double positive(String option, double value) {
        float rounded = (float) value;
        if (!(rounded > 0) || rounded == Float.POSITIVE_INFINITY) {
            throw new InputException(option + " " + text(value) + ": expected a finite number > 0");
        }
        return value;
    }

    /** A number that binary32 holds as finite and at least zero. */
    static double notNegative(String option, double value) {
        float rounded = (float) value;
        if (!(rounded >= 0) || rounded == Float.POSITIVE_INFINITY) {
            throw new InputException(option + " " + text(value) + ": expected a finite number of at least 0");
        }
        return value;
    }

    /** A number in [0, 1). */
    static double fraction(String option, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new InputException(option + " " + text(value) + ": expected at least 0 and less than 1");
        }
        return value;
    }

    /** A whole number of at least {@code least}. */
    static long atLeast(String option, long value, long least) {
        if (value < least) {
            throw new InputException(option + " " + value + ": expected a whole number of at least " + least);
        }
        return value;
    }

    /** A whole number of at most {@code most}. */
    static long atMost(String option, long value, long most) {
        if (value > most) {
            throw new InputException(option + " " + value + ": expected a whole number of at most " + most);
        }
        return value;
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
    }
}
