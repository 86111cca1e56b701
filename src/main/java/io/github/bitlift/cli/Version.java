package io.github.bitlift.cli;

/** The version of this program. */
final class Version {
    private Version() {}

    /** The jar's version, or {@code development} when run from class files. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
