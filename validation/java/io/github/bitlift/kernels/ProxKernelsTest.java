package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Elementwise.Kind;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every prox map's kernels, compiled by g++, have the bits of the reference backend, at every launch and alignment. */
class ProxKernelsTest {
    private static final int[][] SHAPES = {
        {0, 1}, {1, 1}, {1, 31}, {2, 32}, {3, 33}, {5, 7}, {1, 255}, {2, 256}, {3, 257}, {7, 111}
    };
    private static final int[][] LAUNCHES = {{1, 32}, {2, 64}, {5, 128}};
    private static final float[] WEIGHTS = {0.7f, 0f, 1e-3f, 1f, 2.5f, 40f, -1f, Float.NaN, Float.POSITIVE_INFINITY};

    /** One launch; alias 1 puts the results in v, 2 in w. */
    private record Launch(Kind kind, int rows, int columns, float weight, float[] v, float[] w, int[] size, int misalignment,
            int alias) {}

    static List<ProxMap> maps() {
        List<ProxMap> maps = new ArrayList<>(ProxMaps.examples());
        maps.add(ProxMaps.parse("group-soft-threshold", 0.1, 1));
        maps.add(ProxMaps.parse("group-soft-threshold", 0.8, 5));
        maps.add(ProxMaps.parse("group-soft-threshold", 2, 17));
        maps.add(ProxMaps.parse("group-soft-threshold", 2, 40));
        maps.add(ProxMaps.parse("box", 0, Double.POSITIVE_INFINITY));
        return maps;
    }

    @ParameterizedTest
    @MethodSource("maps")
    void kernelsHaveTheReferencesBits(ProxMap map, @TempDir Path folder) throws IOException {
        compare(map, launches(map), folder);
    }

    @Test
    void longRowsUseEveryLevelOfTheTree(@TempDir Path folder) throws IOException {
        for (String name : List.of("softmax", "group-soft-threshold")) {
            for (int n : new int[] {1024, 1025, 33_000, 1_050_000}) {
                ProxMap map = name.equals("softmax") ? ProxMaps.parse(name) : ProxMaps.parse(name, 0.3, n);
                List<Launch> launches = new ArrayList<>();
                for (Kind kind : Kind.values()) {
                    if (kind != Kind.SCALED_PROX || n < 30_000) {
                        Values values = new Values(n);
                        launches.add(new Launch(kind, 1, n, 0.7f, values.draw(n, 0), values.draw(n, 0), LAUNCHES[0], 0, 0));
                    }
                }
                compare(map, launches, folder);
            }
        }
    }

    @Test
    void everyMapHasItsSource() {
        for (ProxMap map : ProxMaps.examples()) {
            assertThat(HostKernels.HOME.resolve("kernels/" + map.stem() + ".cu")).exists();
            assertThat(Files.exists(HostKernels.HOME.resolve("kernels/ptx/" + map.stem() + ".ptx"))).isTrue();
        }
    }

    private static List<Launch> launches(ProxMap map) {
        List<Launch> launches = new ArrayList<>();
        Values values = new Values(map.toString().hashCode());
        int turn = 0;
        for (Kind kind : Kind.values()) {
            for (int[] shape : SHAPES) {
                for (float weight : kind == Kind.SCALED_PROX ? WEIGHTS : new float[] {0.7f, 1f, -3f}) {
                    int group = Math.max(1, map.coupling());
                    int columns = (shape[1] + group - 1) / group * group;
                    int n = shape[0] * columns;
                    int rarity = turn % 3 == 0 ? 0 : map.coupling() == 1 ? 4 : 60;
                    launches.add(new Launch(kind, shape[0], columns, weight, values.draw(n, rarity), values.draw(n, rarity),
                            LAUNCHES[turn % 3], turn / 3 % 4, turn % 5 % 3));
                    turn++;
                }
            }
        }
        return launches;
    }

    private static void compare(ProxMap map, List<Launch> launches, Path folder) throws IOException {
        CaseWriter input = new CaseWriter();
        float[] parameters = Arrays.copyOf(map.parameters(), 2);
        for (Launch launch : launches) {
            input.name(name(map, launch.kind)).ints(launch.size).ints(launch.rows, launch.columns, launch.misalignment, launch.alias)
                    .floats(launch.weight).floats(parameters).floats(launch.v).floats(launch.w);
        }
        ByteBuffer results = HostKernels.run(folder, input.toByteArray(), "cases");
        for (Launch launch : launches) {
            float[] actual = new float[launch.v.length];
            results.asFloatBuffer().get(actual);
            results.position(results.position() + 4 * actual.length);
            float[] expected = expected(map, launch);
            int at = Values.mismatch(expected, actual);
            if (at >= 0) {
                throw new AssertionError(String.format(Locale.ROOT,
                        "%s %s [%d, %d], weight %s, index %d: v %s, w %s: %s, expected %s", map, launch.kind, launch.rows,
                        launch.columns, launch.weight, at, Float.toHexString(launch.v[at]), Float.toHexString(launch.w[at]),
                        Float.toHexString(actual[at]), Float.toHexString(expected[at])));
            }
        }
        assertThat(results.remaining()).isZero();
    }

    private static String name(ProxMap map, Kind kind) {
        return map.stem() + "_" + kind.name().toLowerCase(Locale.ROOT);
    }

    private static float[] expected(ProxMap map, Launch launch) {
        try (Backend backend = new ReferenceBackend()) {
            Matrix v = Values.matrix(backend, launch.rows, launch.columns, launch.v);
            Matrix w = Values.matrix(backend, launch.rows, launch.columns, launch.w);
            Matrix out = Values.matrix(backend, launch.rows, launch.columns, new float[launch.v.length]);
            backend.compile(List.of(new Elementwise(launch.kind, map, launch.weight, v, w, out))).run();
            return out.toArray();
        }
    }
}
