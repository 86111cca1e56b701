package io.github.bitlift.cli;

import io.github.bitlift.data.Confusion;
import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.solver.Samples;
import java.util.Arrays;

/**
 * What a network makes of a set, a few samples at a time.
 *
 * @param mse mean squared error, in binary64 over the fixed tree of all numbers
 * @param confusion of classes; null where targets are none
 * @param linear the share of linear units per hidden layer; null where that isn't asked for
 */
record Evaluation(double mse, Confusion confusion, double[] linear) {

    /** Evaluates the network as it is now. */
    static Evaluation of(Problem problem, Samples samples, boolean linear) {
        int classes = problem.data().classes();
        byte[] predicted = new byte[classes == 0 ? 0 : samples.count()];
        byte[] labels = predicted.clone();
        double[] counts = new double[linear ? problem.linearUnits().layers() : 0];
        Reduction squares = new Reduction();
        squares.start();
        read(samples, problem.data().atOnce(), (first, inputs, targets) -> {
            int n = targets.length / samples.targetWidth();
            float[] outputs = problem.forward().apply(inputs, n);
            addSquares(squares, outputs, targets);
            if (classes > 0) {
                System.arraycopy(Confusion.largest(outputs, classes), 0, predicted, first, n);
                System.arraycopy(Confusion.largest(targets, classes), 0, labels, first, n);
            }
            if (linear) {
                add(counts, problem.linearUnits().counts(inputs, n));
            }
        });
        return new Evaluation(
                squares.result() / ((double) samples.count() * samples.targetWidth()),
                classes == 0 ? null : Confusion.of(predicted, labels, classes),
                linear ? problem.linearUnits().shares(counts, samples.count()) : null);
    }

    /** The mean squared error of the inputs themselves. */
    static double mseOfInputs(Samples samples, int atOnce) {
        Reduction squares = new Reduction();
        squares.start();
        read(samples, atOnce, (first, inputs, targets) -> addSquares(squares, inputs, targets));
        return squares.result() / ((double) samples.count() * samples.targetWidth());
    }

    private interface Part {
        void take(int first, float[] inputs, float[] targets);
    }

    private static void read(Samples samples, int atOnce, Part part) {
        int most = Math.min(atOnce, samples.count());
        float[] inputs = new float[most * samples.inputWidth()];
        float[] targets = new float[most * samples.targetWidth()];
        for (int first = 0; first < samples.count(); first += most) {
            int n = Math.min(most, samples.count() - first);
            if (n < most) {
                inputs = Arrays.copyOf(inputs, n * samples.inputWidth());
                targets = Arrays.copyOf(targets, n * samples.targetWidth());
            }
            samples.readInputs(first, n, inputs, 0);
            samples.readTargets(first, n, targets, 0);
            part.take(first, inputs, targets);
        }
    }

    private static void addSquares(Reduction squares, float[] values, float[] targets) {
        for (int i = 0; i < targets.length; i++) {
            double d = (double) values[i] - targets[i];
            squares.add(d * d);
        }
    }

    private static void add(double[] to, double[] values) {
        for (int j = 0; j < to.length; j++) {
            to[j] += values[j];
        }
    }
}
