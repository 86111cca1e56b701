package io.github.bitlift.reproduce;

import io.github.bitlift.data.KnownSet;
import java.util.List;
import java.util.Locale;

/** The ways of training that {@link Classification} compares, with what the paper says of them. */
enum Classifier {
    BREGMAN("lifted Bregman", new double[] {99.3, 96.8, 47.4, 82.2}, new double[] {93.5, 85.7, 59.2, 85.7},
            "--solver", "isgm", "--inner", "" + Classification.INNER, "--tau", "100", "--optimizer", "adam", "--lr", "0.0001",
            "--mu", "5"),
    CLASSICAL("classical lifted", new double[] {85.6, 86.3, 99.9, 99.9}, new double[] {81.4, 80.0, 99.9, 99.9},
            "--solver", "isgm", "--inner", "" + Classification.INNER, "--tau", "0.2", "--optimizer", "proximal-gradient",
            "--mu", "1"),
    BACKPROP("conventional (SGD)", new double[] {99.6, 96.9, 40.1, 29.7}, new double[] {95.8, 87.9, 32.2, 28.1},
            "--optimizer", "proximal-gradient", "--lr", "0.3");

    private final String words;
    private final double[] mnist;
    private final double[] fashion;
    private final List<String> options;

    Classifier(String words, double[] mnist, double[] fashion, String... options) {
        this.words = words;
        this.mnist = mnist;
        this.fashion = fashion;
        this.options = List.of(options);
    }

    /** The {@code --strategy}. */
    String strategy() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is called in reports. */
    String words() {
        return words;
    }

    /** The paper's training accuracy, test accuracy and linear units of the first two layers, in %. */
    double[] paper(KnownSet set) {
        return set == KnownSet.FASHION_MNIST ? fashion : mnist;
    }

    /** The options of {@code bitlift train} that differ. */
    List<String> options() {
        return options;
    }
}
