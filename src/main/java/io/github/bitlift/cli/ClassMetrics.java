package io.github.bitlift.cli;

import io.github.bitlift.data.Confusion;
import io.github.bitlift.solver.Pairs;
import java.util.Locale;

/**
 * How well a network tells classes apart, and how much of it acts linearly.
 *
 * @param train on the training images
 * @param validation on the validation images, null without any
 * @param linear the share of linear units per hidden layer, on the training images
 */
record ClassMetrics(Confusion train, Confusion validation, double[] linear) {

    /** Evaluates; null for a task that has no classes. */
    static ClassMetrics of(Problem problem, float[] outputs, float[] validationOutputs) {
        TrainingData data = problem.data();
        if (data.classes() == 0) {
            return null;
        }
        Pairs train = data.train();
        return new ClassMetrics(
                confusion(outputs, train), validationOutputs == null ? null : confusion(validationOutputs, data.validation()),
                problem.linearUnits().rates(train.inputs(), train.count()));
    }

    private static Confusion confusion(float[] outputs, Pairs pairs) {
        int classes = pairs.targetWidth();
        return Confusion.of(Confusion.largest(outputs, classes), Confusion.largest(pairs.targets(), classes), classes);
    }

    /** The share of validation images that are recognised; NaN without any. */
    double accuracyValidation() {
        return validation == null ? Double.NaN : validation.accuracy();
    }

    /** The confusion that judges: on validation images, else on training images. */
    Confusion judging() {
        return validation == null ? train : validation;
    }

    /** The matrix in words: a row per true class, a column per predicted class. */
    static String table(Confusion confusion) {
        StringBuilder text = new StringBuilder("true \\ predicted");
        int classes = confusion.counts().length;
        for (int k = 0; k < classes; k++) {
            text.append(String.format(Locale.ROOT, "%6d", k));
        }
        for (int row = 0; row < classes; row++) {
            text.append(String.format(Locale.ROOT, "%n%16d", row));
            for (int count : confusion.counts()[row]) {
                text.append(String.format(Locale.ROOT, "%6d", count));
            }
        }
        return text.append(System.lineSeparator()).toString();
    }

    /** A share such as {@code 96.12 %}; {@code none} if it isn't a number. */
    static String percent(double share) {
        return Double.isNaN(share) ? "none" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
