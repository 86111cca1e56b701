package io.github.bitlift.data;

/**
 * How often samples of one class were taken for another.
 *
 * @param counts {@code [true class][predicted class]}
 */
public record Confusion(int[][] counts) {

    /**
     * Compares predicted with true classes.
     *
     * @param predicted one per sample
     * @param labels the true ones
     */
    public static Confusion of(byte[] predicted, byte[] labels, int classes) {
        if (predicted.length != labels.length) {
            throw new IllegalArgumentException(predicted.length + " predictions for " + labels.length + " labels");
        }
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][predicted[i]]++;
        }
        return new Confusion(counts);
    }

    /** The class of each sample of {@code values [count, classes]}: where its largest number is, the first of equals. */
    public static byte[] largest(float[] values, int classes) {
        byte[] largest = new byte[values.length / classes];
        for (int i = 0; i < largest.length; i++) {
            int best = 0;
            for (int k = 1; k < classes; k++) {
                if (values[i * classes + k] > values[i * classes + best]) {
                    best = k;
                }
            }
            largest[i] = (byte) best;
        }
        return largest;
    }

    /** The number of samples. */
    public int total() {
        int total = 0;
        for (int k = 0; k < counts.length; k++) {
            total += ofClass(k);
        }
        return total;
    }

    /** The number of samples of a true class. */
    public int ofClass(int k) {
        int sum = 0;
        for (int count : counts[k]) {
            sum += count;
        }
        return sum;
    }

    /** The number of samples taken for what they are. */
    public int correct() {
        int correct = 0;
        for (int k = 0; k < counts.length; k++) {
            correct += counts[k][k];
        }
        return correct;
    }

    /** The share of samples taken for what they are, from 0 to 1. */
    public double accuracy() {
        return (double) correct() / total();
    }
}
