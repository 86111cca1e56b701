package io.github.bitlift.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.levels.JavaLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The CPU backend gives the reference's bits and the kept digests in every Java version, with every instruction set that this
 * machine can play, and with 1 to 4 threads. This is a sample; {@code validation/every-level.sh} compares everything.
 */
class BitsEverywhereTest {
    @TempDir
    private Path folder;

    static Stream<JavaLevel> levels() {
        return JavaLevel.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("levels")
    void theCpuBackendGivesTheSameBits(JavaLevel level) throws Exception {
        List<String> lines = level.run(
                folder, List.of(), LevelBits.class, folder.toString(), String.valueOf(level.hasFusedMultiplyAdd()));
        System.out.println(level + ": " + lines.get(lines.size() - 1));
        assertThat(lines).as("%s", level).noneMatch(line -> line.startsWith(LevelBits.DIFFERS));
        String digests = level.hasFusedMultiplyAdd() ? 2 * LevelBits.MOST_THREADS + " digests" : "digests";
        assertThat(lines.get(lines.size() - 1)).matches("[1-9]\\d+ numbers, .*").endsWith(digests);
    }
}
