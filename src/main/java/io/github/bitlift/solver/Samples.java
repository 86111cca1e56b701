package io.github.bitlift.solver;

/** Training data: pairs of input y and target x, in memory ({@link Pairs}) or read when they are wanted ({@link StoredPairs}). */
public interface Samples {

    /** The number of pairs. */
    int count();

    /** Features of an input. */
    int inputWidth();

    /** Features of a target. */
    int targetWidth();

    /** Copies {@code n} inputs from pair {@code first} on to {@code to}, where the first one starts at {@code at}. */
    void readInputs(int first, int n, float[] to, int at);

    /** The same for targets. */
    void readTargets(int first, int n, float[] to, int at);
}
