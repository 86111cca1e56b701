package io.github.bitlift.cli;

/**
 * One of the demonstration's runs.
 *
 * @param lifted whether by lifted Bregman training, else by back-propagation
 * @param lambda the threshold of its activations
 * @param outcome what it left
 */
record DemoRun(boolean lifted, double lambda, TrainingSession.Outcome outcome) {

    /** The name of its folder. */
    static String folder(boolean lifted, double lambda) {
        return (lifted ? "lifted-" : "backprop-") + lambda;
    }

    /** The method. */
    String method() {
        return lifted ? "lifted Bregman" : "back-propagation";
    }

    /** Method and threshold. */
    String title() {
        return (lifted ? "lifted" : "backprop") + ", lambda " + lambda;
    }

    /** The same where there is little room. */
    String shortTitle() {
        return (lifted ? "lifted " : "backprop ") + lambda;
    }

    /** In dB, on digits that training never saw. */
    double psnrValidation() {
        return outcome.row().psnrValidation();
    }

    /** Time spent in steps. */
    double seconds() {
        return outcome.report().get("seconds").asDouble();
    }
}
