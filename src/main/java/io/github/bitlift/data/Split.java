package io.github.bitlift.data;

/** The two parts of an MNIST-like data set, under the names that its files bear. */
public enum Split {
    TRAIN("train"), TEST("t10k");

    private final String stem;

    Split(String stem) {
        this.stem = stem;
    }

    /** How the names of its files begin. */
    public String stem() {
        return stem;
    }
}
