package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Elementwise.Kind;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every prox map's kernels, on the emulated driver, have the reference backend's bits at every launch and alignment. */
class ProxKernelsTest {
    private static final int[][] SHAPES = {
        {0, 1}, {1, 1}, {1, 31}, {2, 32}, {3, 33}, {5, 7}, {1, 255}, {2, 256}, {3, 257}, {7, 111}
    };
    private static final int[][] LAUNCHES = {{1, 32}, {2, 64}, {5, 128}};
    private static final float[] WEIGHTS = {0.7f, 0f, 1e-3f, 1f, 2.5f, 40f, -1f, Float.NaN, Float.POSITIVE_INFINITY};

    /** One launch; alias 1 puts the results in v, 2 in w. */
    private record Launch(Kind kind, int rows, int columns, float weight, float[] v, float[] w, int[] size, int misalignment,
            int alias) {}

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

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
    void kernelsHaveTheReferencesBits(ProxMap map) {
        compare(map, launches(map));
    }

    @Test
    void longRowsUseEveryLevelOfTheTree() {
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
                compare(map, launches);
            }
        }
    }

    @Test
    void everyMapHasItsSource() {
        for (ProxMap map : ProxMaps.examples()) {
            assertThat(NativeBuild.HOME.resolve("kernels/" + map.stem() + ".cu")).exists();
            assertThat(Files.exists(NativeBuild.HOME.resolve("kernels/ptx/" + map.stem() + ".ptx"))).isTrue();
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

    private static void compare(ProxMap map, List<Launch> launches) {
        int turn = 0;
        for (Launch launch : launches) {
            float[] actual = run(map, launch, turn++);
            float[] expected = expected(map, launch);
            int at = Values.mismatch(expected, actual);
            if (at >= 0) {
                throw new AssertionError(String.format(Locale.ROOT,
                        "%s %s [%d, %d], weight %s, index %d: v %s, w %s: %s, expected %s", map, launch.kind, launch.rows,
                        launch.columns, launch.weight, at, Float.toHexString(launch.v[at]), Float.toHexString(launch.w[at]),
                        Float.toHexString(actual[at]), Float.toHexString(expected[at])));
            }
        }
    }

    private static float[] run(ProxMap map, Launch launch, int turn) {
        boolean pair = launch.kind == Kind.RESIDUAL || launch.kind == Kind.PULLBACK;
        float[] parameters = Arrays.copyOf(map.parameters(), 2);
        try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
            Operand v = kernels.floats(launch.v, launch.misalignment);
            Operand w = pair ? kernels.floats(launch.w, launch.misalignment) : null;
            Operand out = launch.alias == 1 ? v : launch.alias == 2 && pair ? w
                    : kernels.floats(new float[launch.v.length], launch.misalignment);
            kernels.launch(name(map, launch.kind), launch.size[0], launch.size[1], (long) launch.rows, launch.columns,
                    launch.weight, parameters[0], parameters[1], v, w, out);
            for (Operand operand : Arrays.asList(v, w)) {
                if (operand != null && operand != out) {
                    operand.requireUnchanged("input");
                }
            }
            return out.toFloats();
        }
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
