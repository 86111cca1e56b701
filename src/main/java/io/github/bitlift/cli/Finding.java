package io.github.bitlift.cli;

/**
 * One line of {@code bitlift doctor}.
 *
 * @param what was looked at
 * @param state of it
 * @param found what is there
 * @param remedy how to get what is missing; empty if nothing is
 */
record Finding(String what, State state, String found, String remedy) {

    /** Whether it works. */
    enum State {
        /** It works. */
        OK,
        /** It isn't there; everything else works without it. */
        MISSING,
        /** Bitlift can't work as it should. */
        BROKEN
    }

    /** Something that works. */
    static Finding ok(String what, String found) {
        return new Finding(what, State.OK, found, "");
    }

    /** Something that isn't there. */
    static Finding missing(String what, String found, String remedy) {
        return new Finding(what, State.MISSING, found, remedy);
    }

    /** Something that must be put right. */
    static Finding broken(String what, String found, String remedy) {
        return new Finding(what, State.BROKEN, found, remedy);
    }
}
