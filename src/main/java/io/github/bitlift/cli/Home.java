package io.github.bitlift.cli;

import java.nio.file.Path;

/** Where Bitlift lies on disk: system property {@code bitlift.home}, which the launcher sets. */
final class Home {
    private Home() {}

    /** The folder with {@code validation/}; the current one if nobody says. */
    static Path folder() {
        return Path.of(System.getProperty("bitlift.home", "."));
    }

    /** The digits that come with Bitlift. */
    static Path bundledData() {
        return folder().resolve("validation").resolve("data").resolve("mnist5k");
    }
}
