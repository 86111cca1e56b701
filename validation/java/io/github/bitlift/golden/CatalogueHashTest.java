package io.github.bitlift.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference gives in every case of the catalogue what it gave when {@code validation/golden/catalogue.sha256} was
 * written: a change of the specification itself, on whatever machine, shows here.
 */
class CatalogueHashTest {
    private static final Path KEPT = Path.of(System.getProperty("bitlift.home"), "validation/golden/catalogue.sha256");

    @Test
    void theReferenceGivesTheKeptHashes(@TempDir Path folder) throws Exception {
        Path now = folder.resolve("catalogue.sha256");
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err),
                "verify", "--quiet", "--backend", "cpu", "--repeat", "1", "--golden", now.toString());
        assertThat(code).as(err.toString()).isZero();
        assertThat(Files.readAllLines(now))
                .as("the catalogue or the reference has changed; if that is meant, run ./bitlift verify --golden %s", KEPT)
                .isEqualTo(Files.readAllLines(KEPT));
    }
}
