package io.github.bitlift.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.bitlift.cli.Main;
import io.github.bitlift.emulator.Emulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small training runs end with the digests kept in {@code validation/golden/training.sha256}: whatever the machine, the
 * backend, the number of threads. Each line there is a digest and the options of {@code bitlift train} that give it.
 */
class TrainingDigestTest {
    private static final Path HOME = Path.of(System.getProperty("bitlift.home"));

    @TempDir
    private Path folder;

    static Stream<String> lines() throws Exception {
        return Files.readAllLines(HOME.resolve("validation/golden/training.sha256")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void endsWithTheKeptDigest(String line) throws Exception {
        Emulator.load();
        for (String backend : new String[] {
            "cpu --threads 2", "cpu --threads 1", "reference", "cuda --device emulated"
        }) {
            assertThat(train(folder, options(line) + " --backend " + backend)).as(backend).isEqualTo(digest(line));
        }
    }

    /** The digest that a line keeps. */
    static String digest(String line) {
        return line.substring(0, line.indexOf(' '));
    }

    /** The options that give it. */
    static String options(String line) {
        return line.substring(line.indexOf(' ')).trim();
    }

    /** Trains, and returns the digest that comes out. */
    static String train(Path folder, String options) throws Exception {
        Path report = folder.resolve("report.json");
        List<String> arguments = new ArrayList<>(List.of("train", "--quiet", "--overwrite"));
        arguments.addAll(List.of(options.split(" +")));
        arguments.addAll(List.of("--out", folder.resolve("run").toString(), "--json", report.toString()));
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(new StringWriter()), new PrintWriter(err), arguments.toArray(new String[0]));
        assertThat(code).as(err.toString()).isZero();
        return new ObjectMapper().readTree(report.toFile()).get("digest").asText();
    }
}
