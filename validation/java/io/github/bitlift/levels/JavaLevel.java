package io.github.bitlift.levels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One of this machine's Java versions with the instructions that it may use. {@code -XX:UseAVX} lets one machine play several:
 * vectors have 4 numbers at levels 0 and 1, 8 at level 2, 16 at level 3, and level 0 has no fused multiply-add.
 *
 * @param home the JDK's folder
 * @param version its full version
 * @param avx the level of {@code -XX:UseAVX}, or null where Java has no such option
 */
public record JavaLevel(Path home, String version, Integer avx) {
    private static final int LEAST_VERSION = 17;
    private static final int MOST_AVX = 3;
    private static final int MOST_SECONDS = 900;
    private static final String MODULE = "jdk.incubator.vector";
    private static final Path PLACE_OF_JDKS = Path.of("/usr/lib/jvm");

    /** Every version that is found, with every level that this machine has; the running version comes first. */
    public static List<JavaLevel> all() {
        List<JavaLevel> all = new ArrayList<>();
        homes().forEach((version, home) -> {
            int most = mostAvx(home);
            if (most < 0) {
                all.add(new JavaLevel(home, version, null));
            }
            for (int avx = 0; avx <= most; avx++) {
                all.add(new JavaLevel(home, version, avx));
            }
        });
        return all;
    }

    /** JDKs by version: the running one, that of the environment, and what the system has installed. */
    private static Map<String, Path> homes() {
        List<Path> candidates = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        if (System.getenv("JAVA_HOME") != null) {
            candidates.add(Path.of(System.getenv("JAVA_HOME")));
        }
        if (Files.isDirectory(PLACE_OF_JDKS)) {
            try (Stream<Path> installed = Files.list(PLACE_OF_JDKS)) {
                installed.sorted().forEach(candidates::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Map<String, Path> homes = new LinkedHashMap<>();
        for (Path home : candidates) {
            Properties release = release(home);
            if (fits(home, release)) {
                homes.putIfAbsent(unquoted(release, "JAVA_VERSION"), home);
            }
        }
        return homes;
    }

    /** What a JDK says about itself, nothing if it is none. */
    private static Properties release(Path home) {
        Properties release = new Properties();
        Path file = home.resolve("release");
        if (Files.isReadable(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                release.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return release;
    }

    private static String unquoted(Properties release, String key) {
        return release.getProperty(key, "").replace("\"", "");
    }

    private static boolean fits(Path home, Properties release) {
        String feature = unquoted(release, "JAVA_VERSION").split("[^0-9]")[0];
        boolean hasModule = Arrays.asList(unquoted(release, "MODULES").split(" ")).contains(MODULE)
                || Files.exists(home.resolve("jmods/" + MODULE + ".jmod"));
        return !feature.isEmpty() && Integer.parseInt(feature) >= LEAST_VERSION && hasModule
                && Files.isExecutable(java(home));
    }

    private static Path java(Path home) {
        return home.resolve("bin/java");
    }

    /** The highest level, to which Java lowers one that this machine lacks; -1 where there are no levels. */
    private static int mostAvx(Path home) {
        try {
            Process process = new ProcessBuilder(java(home).toString(), "-XX:+IgnoreUnrecognizedVMOptions",
                    "-XX:UseAVX=" + MOST_AVX, "-XX:+PrintFlagsFinal", "-version").redirectErrorStream(true).start();
            String flags = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            return flags.lines().map(line -> line.trim().split(" +")).filter(words -> words.length > 3 && words[1].equals("UseAVX"))
                    .mapToInt(words -> Integer.parseInt(words[3])).findFirst().orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a fused multiply-add is one instruction here; elsewhere Java's own allocates and takes a microsecond. */
    public boolean hasFusedMultiplyAdd() {
        return avx == null || avx > 0;
    }

    /**
     * Runs a program with the tests' class path and returns the lines of its standard output.
     *
     * @param folder an empty one for what it writes
     * @param options more options for Java
     * @param program the class with {@code main}
     * @throws AssertionError if it fails or takes too long
     */
    public List<String> run(Path folder, List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(java(home).toString(), "-Xmx512m", "-XX:+UseSerialGC",
                "-Djava.awt.headless=true", "-Dbitlift.home=" + System.getProperty("bitlift.home"), "--add-modules", MODULE));
        if (avx != null) {
            command.add("-XX:UseAVX=" + avx);
        }
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as("%s ends in %d seconds", this, MOST_SECONDS).isTrue();
            assertThat(process.exitValue()).as("%s: %s", this, Files.readString(err)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(out);
    }

    @Override
    public String toString() {
        return "Java " + version + (avx == null ? "" : " with UseAVX=" + avx);
    }
}
