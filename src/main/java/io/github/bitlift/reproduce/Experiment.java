package io.github.bitlift.reproduce;

/** One of the papers' experiments; {@link Experiments} lists them all. */
public interface Experiment {

    /** The name on the command line, in lower case. */
    String name();

    /** What it shows, in a few words. */
    String title();

    /** Where it comes from, such as {@code framework paper, §7.2, Figures 3 and 6}. */
    String source();

    /** Whether training runs are kept, with which an interrupted experiment can go on. */
    default boolean canBeResumed() {
        return true;
    }

    /** What it takes at a scale, before it starts. */
    Cost cost(Scale scale);

    /**
     * Runs it. The same scale and seed give the same digests on every backend.
     *
     * @param setting where and how
     */
    Report run(Setting setting);
}
