package io.github.bitlift.bench;

import java.util.List;

/**
 * Layers whose sizes matter.
 *
 * @param name as cases name it
 * @param widths features from input to output
 */
record Net(String name, int... widths) {
    /** One layer of the framework paper's perceptron. */
    static final Net ONE = new Net("784-784", 784, 784);
    /** All of it: six hidden layers and a linear output. */
    static final Net SEVEN = new Net("7x784", 784, 784, 784, 784, 784, 784, 784, 784);
    /** The JMLR paper's classifier. */
    static final Net CLASSIFIER = new Net("784-64-64-10", 784, 64, 64, 10);

    static final List<Net> ALL = List.of(ONE, SEVEN, CLASSIFIER);

    int layers() {
        return widths.length - 1;
    }

    /** Features that layer {@code j}, counted from 0, reads. */
    int in(int j) {
        return widths[j];
    }

    /** Features that it writes. */
    int out(int j) {
        return widths[j + 1];
    }
}
