package io.github.bitlift.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Row methods: offsets, in-place use, guard cells, independence of neighbours, relations between the methods. */
class RowsTest {

    private interface Call {
        void run(ProxMap map, float[] v, int vAt, float[] out, int outAt, int n, RowScratch scratch);
    }

    private static final Call[] CALLS = {
        (map, v, vAt, out, outAt, n, scratch) -> map.activate(v, vAt, out, outAt, n, scratch),
        (map, v, vAt, out, outAt, n, scratch) -> map.scaledProx(0.3f, v, vAt, out, outAt, n, scratch),
        (map, v, vAt, out, outAt, n, scratch) -> map.scaledProx(0f, v, vAt, out, outAt, n, scratch),
        (map, v, vAt, out, outAt, n, scratch) -> map.pullback(v, vAt, v.clone(), vAt, out, outAt, n, scratch),
        (map, v, vAt, out, outAt, n, scratch) -> map.pullback(v.clone(), vAt, v, vAt, out, outAt, n, scratch)};

    @Test
    void inPlaceAndAtAnyOffsetTheBitsAreTheSame() {
        RowScratch shared = new RowScratch();
        for (ProxMap map : ProxMaps.examples()) {
            for (int width : new int[] {4, 32, 36, 256, 260, 1028}) {
                float[] v = new Samples(map, width).row(width);
                map.requireWidth(width);
                for (Call call : CALLS) {
                    float[] plain = new float[width];
                    call.run(map, v, 0, plain, 0, width, new RowScratch());

                    float[] guarded = new float[width + 5];
                    Arrays.fill(guarded, 77f);
                    System.arraycopy(v, 0, guarded, 2, width);
                    call.run(map, guarded, 2, guarded, 2, width, shared);
                    assertThat(Arrays.copyOfRange(guarded, 2, width + 2)).as(map + " width " + width)
                            .isEqualTo(plain);
                    assertThat(new float[] {guarded[0], guarded[1], guarded[width + 2], guarded[width + 4]})
                            .containsOnly(77f);
                }
            }
        }
    }

    @Test
    void warmRowMethodsAllocateNothing() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        float[] v = new float[64];
        float[] u = new float[64];
        RowScratch scratch = new RowScratch();
        for (ProxMap map : ProxMaps.examples()) {
            allRowMethods(map, v, u, scratch);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                allRowMethods(map, v, u, scratch);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(map.toString()).isLessThan(1600);
        }
    }

    private static void allRowMethods(ProxMap map, float[] v, float[] u, RowScratch scratch) {
        map.activate(v, 0, u, 0, v.length, scratch);
        map.scaledProx(0.3f, v, 0, u, 0, v.length, scratch);
        map.pullback(v, 0, v, 0, u, 0, v.length, scratch);
    }

    @Test
    void scaleOneIsTheActivation() {
        for (ProxMap map : ProxMaps.examples()) {
            float[] v = new Samples(map, 1).row(64);
            float[] sigma = new float[64];
            float[] prox = new float[64];
            map.activate(v, 0, sigma, 0, 64, new RowScratch());
            map.scaledProx(1f, v, 0, prox, 0, 64, new RowScratch());
            assertThat(prox).as(map.toString()).isEqualTo(sigma);
        }
    }

    /** Separable maps stay monotone after rounding. */
    @Test
    void neighboursStayInOrder() {
        Random random = new Random(3);
        for (ProxMap map : ProxMaps.examples()) {
            for (int i = 0; map instanceof Separable && i < 2000; i++) {
                Separable separable = (Separable) map;
                float v = 3f * (float) random.nextGaussian();
                assertThat(separable.activate(Math.nextUp(v))).as(map + " above " + v)
                        .isGreaterThanOrEqualTo(separable.activate(v));
            }
        }
    }

    /** Moreau's identity v = prox_Ψ(v) + prox_Ψ*(v): the conjugate of λ‖·‖₁ is the indicator of [−λ, λ]. */
    @Test
    void softThresholdAndSymmetricBoxAddUp() {
        Random random = new Random(4);
        for (int i = 0; i < 2000; i++) {
            float v = 2f * (float) random.nextGaussian();
            double sum = (double) new SoftThreshold(0.7f).activate(v) + Box.symmetric(0.7f).activate(v);
            assertThat(Math.abs(sum - v)).isLessThanOrEqualTo(0.5 * Math.ulp(v));
        }
    }

    /** ⟨σ'(v)ᵀw⟩_i = ∂⟨w, σ(v)⟩/∂v_i by central differences of the oracle. */
    @Test
    void pullbackIsTheTransposedJacobian() {
        BigDecimal h = BigDecimal.ONE.scaleByPowerOfTen(-15);
        for (ProxMap map : ProxMaps.examples()) {
            ProxOracle oracle = new ProxOracle(map);
            Random random = new Random(5);
            for (int round = 0; round < 4; round++) {
                int n = Math.max(4, map.coupling());
                float[] v = new float[n];
                float[] w = new float[n];
                for (int i = 0; i < n; i++) {
                    v[i] = (float) random.nextGaussian();
                    w[i] = (float) random.nextGaussian();
                }
                float[] out = new float[n];
                map.pullback(v, 0, w, 0, out, 0, n, new RowScratch());
                for (int i = 0; i < n; i++) {
                    BigDecimal[] up = BigMath.big(v);
                    BigDecimal[] down = BigMath.big(v);
                    up[i] = up[i].add(h);
                    down[i] = down[i].subtract(h);
                    BigDecimal[] change = BigMath.subtract(oracle.activate(up), oracle.activate(down));
                    double expected = BigMath.dot(change, BigMath.big(w))
                            .divide(h.add(h), BigMath.MC).doubleValue();
                    assertThat((double) out[i]).as(map + " at " + v[i])
                            .isCloseTo(expected, within(3e-7));
                }
            }
        }
    }
}
