package io.github.bitlift.prox;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.numerics.Reduction;
import org.junit.jupiter.api.Test;

/** NaN, infinities, zeros of both signs, subnormals and huge numbers, bit for bit as the headers state them. */
class SpecialValuesTest {

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;
    private static final float TINY = Float.MIN_VALUE;
    private static final float HUGE = Float.MAX_VALUE;
    private static final float[] SPECIAL = {NAN, INF, -INF, 0f, -0f, TINY, -TINY, HUGE, -HUGE};

    private static void same(float actual, float expected, Object what) {
        assertThat(Float.floatToIntBits(actual)).as(what + ": " + actual + ", expected " + expected)
                .isEqualTo(Float.floatToIntBits(expected));
    }

    /** σ at NaN, Inf, −Inf, +0, −0, ±smallest subnormal, ±largest; prox with τ = 0 and τ = 0.5 follow. */
    private static void check(Separable map, float[] sigma, float[] projection, float[] halfProx) {
        for (int i = 0; i < SPECIAL.length; i++) {
            same(map.activate(SPECIAL[i]), sigma[i], map + " at " + SPECIAL[i]);
            same(map.scaledProx(0f, SPECIAL[i]), projection[i], map + " projecting " + SPECIAL[i]);
            same(map.scaledProx(0.5f, SPECIAL[i]), halfProx[i], map + " with tau 0.5 at " + SPECIAL[i]);
        }
    }

    @Test
    void projectionsActAlikeForEveryScale() {
        check(new Identity(), SPECIAL, SPECIAL, SPECIAL);
        float[] relu = {NAN, INF, 0f, 0f, 0f, TINY, 0f, HUGE, 0f};
        check(new Relu(), relu, relu, relu);
        check(Box.nonNegative(), relu, relu, relu);
        float[] unit = {NAN, 1f, 0f, 0f, 0f, TINY, 0f, 1f, 0f};
        check(Box.unit(), unit, unit, unit);
        float[] symmetric = {NAN, 2f, -2f, 0f, -0f, TINY, -TINY, 2f, -2f};
        check(Box.symmetric(2f), symmetric, symmetric, symmetric);
        float[] below = {NAN, 0f, -1f, 0f, -0f, 0f, -TINY, 0f, -1f};
        check(new Box(-1f, -0f), below, below, below);
    }

    @Test
    void thresholdsGivePlusZeroInside() {
        float[] soft = {NAN, INF, -INF, 0f, 0f, 0f, 0f, HUGE, -HUGE};
        float[] none = {NAN, INF, -INF, 0f, 0f, TINY, -TINY, HUGE, -HUGE};
        check(new SoftThreshold(0.5f), soft, none, soft);
        float[] halved = {NAN, INF, -INF, 0f, 0f, 0f, 0f, HUGE / 2, -HUGE / 2};
        check(new ElasticNet(0.5f, 1f), halved, none, new float[] {NAN, INF, -INF, 0f, 0f, 0f, 0f,
                HUGE / 1.5f, -HUGE / 1.5f});
        same(new ElasticNet(0f, 3f).activate(-TINY), -0f, "underflow keeps the sign");
        same(new ElasticNet(1f, HUGE).scaledProx(2f, INF), NAN, "infinite over infinite");
        same(new SoftThreshold(HUGE).scaledProx(HUGE, HUGE), 0f, "a threshold beyond binary32");
        same(new SoftThreshold(HUGE).scaledProx(HUGE, INF), INF, "a threshold beyond binary32");
    }

    @Test
    void smoothMapsSaturate() {
        float[] tanh = {NAN, 1f, -1f, 0f, -0f, TINY, -TINY, 1f, -1f};
        check(new Tanh(), tanh, tanh, tanh);
        float atZero = new Sigmoid().scaledProx(0.5f, 0f);
        check(new Sigmoid(), new float[] {NAN, 1f, 0f, 0.5f, 0.5f, 0.5f, 0.5f, 1f, 0f},
                new float[] {NAN, 1f, 0f, 0f, 0f, TINY, 0f, 1f, 0f},
                new float[] {NAN, 1f, 0f, atZero, atZero, atZero, atZero, 1f, 0f});
        for (float tau : new float[] {TINY, 1f, HUGE}) {
            same(new Tanh().scaledProx(tau, -0f), -0f, tau);
            same(new Tanh().scaledProx(tau, INF), 1f, tau);
            same(new Sigmoid().scaledProx(tau, -INF), 0f, tau);
        }
    }

    private static float[] activated(ProxMap map, float... v) {
        float[] u = v.clone();
        map.activate(u, 0, u, 0, u.length, new RowScratch());
        return u;
    }

    private static void row(float[] actual, float... expected) {
        for (int i = 0; i < actual.length; i++) {
            same(actual[i], expected[i], i);
        }
    }

    @Test
    void softmaxOfSpecialRows() {
        Softmax map = new Softmax();
        row(activated(map, 0f, NAN), NAN, NAN);
        row(activated(map, NAN, 0f), NAN, NAN);
        row(activated(map, 0f, INF), NAN, NAN);
        row(activated(map, -INF, -INF), NAN, NAN);
        row(activated(map, -INF, 5f, 5f), 0f, 0.5f, 0.5f);
        row(activated(map, HUGE, -HUGE), 1f, 0f);
        row(activated(map, -0f, 0f, TINY, -TINY), 0.25f, 0.25f, 0.25f, 0.25f);
        row(activated(map, -3f), 1f);
        for (float tau : new float[] {0f, TINY, 0.5f, 1f, 2f, HUGE}) {
            float[] u = {-INF, 5f, 5f};
            map.scaledProx(tau, u, 0, u, 0, 3, new RowScratch());
            row(u, 0f, 0.5f, 0.5f);
            float[] bad = {1f, NAN, 2f};
            map.scaledProx(tau, bad, 0, bad, 0, 3, new RowScratch());
            row(bad, NAN, NAN, NAN);
            float[] infinite = {1f, INF};
            map.scaledProx(tau, infinite, 0, infinite, 0, 2, new RowScratch());
            row(infinite, NAN, NAN);
        }
    }

    @Test
    void groupsKeepSpecialValuesToThemselves() {
        GroupSoftThreshold map = new GroupSoftThreshold(1f, 2);
        row(activated(map, NAN, 3f, 0f, 2f), NAN, NAN, 0f, 1f);
        row(activated(map, INF, 3f, -0f, -2f), INF, 3f, -0f, -1f);
        row(activated(map, HUGE, -HUGE, -0f, TINY), HUGE, -HUGE, 0f, 0f);
        row(activated(map, -0f, -1f, 0.5f, 0.8f), 0f, 0f, 0f, 0f);
        float[] w = {1f, 2f, 3f, 4f};
        map.pullback(new float[] {INF, 1f, 0.5f, 0.5f}, 0, w, 0, w, 0, 4, new RowScratch());
        row(w, 1f, 2f, 0f, 0f);
    }

    @Test
    void objectivesOfNaNAreNaNAndInfiniteOutsideTheDomain() {
        Reduction sums = new Reduction();
        RowScratch scratch = new RowScratch();
        for (ProxMap map : ProxMaps.examples()) {
            int n = Math.max(2, map.coupling());
            float[] zero = new float[n];
            zero[0] = map instanceof Softmax ? 1f : 0f;
            float[] bad = zero.clone();
            bad[1] = NAN;
            assertThat(map.potential(zero, 0, n, sums)).as(map.toString()).isFinite();
            assertThat(map.potential(bad, 0, n, sums)).as(map.toString()).isNaN();
            assertThat(map.conjugate(bad, 0, n, sums)).as(map.toString()).isNaN();
            assertThat(map.penalty(bad, 0, zero, 0, n, sums)).as(map.toString()).isNaN();
            assertThat(map.penalty(zero, 0, bad, 0, n, sums)).as(map.toString()).isNaN();
            float[] out = new float[n];
            map.pullback(bad, 0, zero, 0, out, 0, n, scratch);
            assertThat(out[1]).as(map.toString()).isNaN();
            for (float tau : new float[] {-1f, NAN, INF}) {
                float[] row = new float[n];
                map.scaledProx(tau, zero, 0, row, 0, n, scratch);
                assertThat(row).as(map + " with tau " + tau).containsOnly(NAN);
            }
        }
        for (ProxMap map : new ProxMap[] {new Relu(), new Sigmoid(), new Tanh(), new Softmax(), Box.unit()}) {
            float[] outside = {-1.5f, 2.5f};
            assertThat(map.potential(outside, 0, 2, sums)).as(map.toString()).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(map.penalty(outside, 0, new float[2], 0, 2, sums)).as(map.toString())
                    .isEqualTo(Double.POSITIVE_INFINITY);
        }
        assertThat(new Tanh().potential(-1f)).isEqualTo(StrictMath.log(2) - 0.5);
        assertThat(new Sigmoid().potential(0f)).isZero();
        assertThat(new Sigmoid().potential(1f)).isEqualTo(-0.5);
    }

    @Test
    void penaltiesSurviveSaturation() {
        assertThat(new Tanh().penalty(1f, -HUGE)).isEqualTo(2.0 * HUGE);
        assertThat(new Tanh().penalty(1f, HUGE)).isZero();
        assertThat(new Sigmoid().penalty(0f, 1000f)).isEqualTo(1000.0);
        assertThat(new Sigmoid().penalty(1f, 100f)).isBetween(0.99 * Math.exp(-100), 1.01 * Math.exp(-100));
        assertThat(new SoftThreshold(1e-20f).penalty(1e10f, 1e10f)).isBetween(4.9e-41, 5.1e-41);
        float[] u = {0f, 1f};
        assertThat(new Softmax().penalty(u, 0, new float[] {2000f, 0f}, 0, 2, new Reduction())).isEqualTo(2000.0);
    }
}
