package io.github.bitlift.cli;

import java.nio.file.Path;

/** Where Bitlift lies on disk: system property {@code bitlift.home}, which the launcher sets. */
final class Home {
    private Home() {}

    /** The folder with {@code validation/}; the current one if nobody says. */
    static Path folder() {
        return Path.of(System.getProperty("bitlift.home", "."));
    }

    /** Whether this is {@code native-build/bundle}'s, which has no sources and draws nothing; its launcher says so. */
    static boolean isBundle() {
        return Boolean.getBoolean("bitlift.bundle");
    }

    /** The digits that come with Bitlift. */
    static Path bundledData() {
        return folder().resolve("validation").resolve("data").resolve("mnist5k");
    }
}
