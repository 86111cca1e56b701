package io.github.bitlift.cli;

/** Exit codes, part of the contract with users' scripts. */
public final class ExitCode {
    /** All done. */
    public static final int DONE = 0;
    /** A check failed: a bit differs, a data set is not what it should be, a run diverged. */
    public static final int CHECK_FAILED = 1;
    /** Bad use or bad input; one line on standard error says what, where, and what was expected. */
    public static final int BAD_INPUT = 2;
    /** A device or the system failed. */
    public static final int FAULT = 3;

    private ExitCode() {}
}
