package io.github.bitlift.levels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No vector becomes an object: steady work allocates nothing, in every Java version and with every instruction
 * set that this machine can play. A compiler that gives up on vectors boxes them, which makes the same bits fifty times slower.
 * It does so when two shapes meet, and when vectors cross a call that it didn't take in.
 */
class VectorAllocationTest {
    /** With one thread and with two. */
    private static final int PIECES = 2 * 40;

    @TempDir
    private Path folder;

    /**
     * What was measured.
     *
     * @param threads how many worked
     * @param bytes per run
     * @param name of the work
     */
    private record Measured(int threads, long bytes, String name) {
        static Measured of(String line) {
            String[] words = line.split("\t");
            return new Measured(Integer.parseInt(words[0]), Long.parseLong(words[1]), words[2]);
        }

        boolean isTooMuch() {
            return bytes > 0;
        }

        @Override
        public String toString() {
            return name + ", threads: " + threads + ", bytes per run: " + bytes + ", expected none";
        }
    }

    static Stream<JavaLevel> levels() {
        return JavaLevel.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("levels")
    void steadyWorkBoxesNoVector(JavaLevel level) throws Exception {
        assumeTrue(level.hasFusedMultiplyAdd(),
                "skipped: without the instruction Java allocates in every fused multiply-add");
        List<String> lines = level.run(folder, List.of("-Xbatch"), AllocationMeter.class);
        List<Measured> measured = lines.stream().skip(1).map(Measured::of).toList();
        System.out.println(summary(level + ", " + lines.get(0), measured));
        assertThat(measured).hasSizeGreaterThanOrEqualTo(PIECES);
        assertThat(measured.stream().filter(Measured::isTooMuch)).as("%s: work that makes objects of vectors", level).isEmpty();
    }

    private static String summary(String where, List<Measured> measured) {
        return String.format(Locale.ROOT, "%s: bytes per product at most %d, per total variation %d, per step %d", where,
                most(measured, "product"), most(measured, "total variation"), most(measured, "step"));
    }

    private static long most(List<Measured> measured, String kind) {
        return measured.stream().filter(each -> each.name().startsWith(kind)).mapToLong(Measured::bytes).max().orElseThrow();
    }
}
