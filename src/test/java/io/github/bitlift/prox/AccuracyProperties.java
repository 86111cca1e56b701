package io.github.bitlift.prox;

import static io.github.bitlift.prox.BigMath.big;
import static io.github.bitlift.prox.BigMath.exp;
import static io.github.bitlift.prox.BigMath.log;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.numerics.Reduction;
import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Error bounds against the oracle: σ and prox_τΨ in ulp, potential, conjugate and penalty relative or absolute. */
class AccuracyProperties {

    private static final BigDecimal ONE = BigDecimal.ONE;

    /** Scales of a prox: 0, around 1, and over the whole range of binary32. */
    private static float tau(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0f;
            case 1, 2, 3 -> 2f * random.nextFloat();
            case 4 -> (float) Math.pow(10, 12 * random.nextDouble() - 6);
            default -> (float) Math.pow(10, 76 * random.nextDouble() - 38);
        };
    }

    /** Arguments that make the scaled prox hard: around its kinks, where it saturates, of the size of τ, tiny, huge. */
    private static float argument(Random random, float tau) {
        double x = switch (random.nextInt(8)) {
            case 0 -> 1 + tau * (24 * random.nextDouble() - 12);
            case 1 -> tau * (130 * random.nextDouble() - 120);
            case 2 -> Math.pow(10, 76 * random.nextDouble() - 38);
            case 3 -> 1 - Math.pow(10, -8 * random.nextDouble());
            case 4 -> 0.5 * (1 - tau) * (1 + 1e-6 * random.nextGaussian());
            default -> 3 * random.nextGaussian();
        };
        float v = (float) x;
        return Float.isInfinite(v) ? Float.MAX_VALUE : random.nextInt(3) == 0 ? -v : v;
    }

    /** Bound in ulp of the result; half an ulp is a correctly rounded result. */
    private static double bound(ProxMap map) {
        return map instanceof ElasticNet ? 3.0 : 0.500001;
    }

    /** The exact minimiser lies within the bound: one-sided derivatives change sign there, 0 ∈ u − v + τ∂Ψ(u). */
    private static void assertOptimal(ProxOracle oracle, float u, float v, float tau) {
        BigDecimal slack = big(Math.ulp(u)).multiply(big(bound(oracle.map())));
        BigDecimal x = big(v);
        BigDecimal t = big(tau);
        String what = oracle.map() + " prox(" + v + ") with tau " + tau + " = " + u;
        assertThat(oracle.slope(big(u).subtract(slack), -1, x, t).signum()).as(what).isLessThanOrEqualTo(0);
        assertThat(oracle.slope(big(u).add(slack), 1, x, t).signum()).as(what).isGreaterThanOrEqualTo(0);
    }

    @Property(seed = "201", tries = 300, shrinking = ShrinkingMode.OFF)
    void separableMapsAreOptimalWithinTheirBound(@ForAll long seed) {
        Random random = new Random(seed);
        float tau = tau(random);
        float v = argument(random, tau);
        for (ProxMap map : ProxMaps.examples()) {
            if (map instanceof Separable separable) {
                assertOptimal(new ProxOracle(map), separable.scaledProx(tau, v), v, tau);
                if (Math.abs(v) < 100) {
                    assertOptimal(new ProxOracle(map), separable.activate(v), v, 1f);
                }
            }
        }
    }

    @Property(seed = "202", tries = 100, shrinking = ShrinkingMode.OFF)
    void groupsAreCorrectWithinHalfAnUlp(@ForAll long seed) {
        for (ProxMap map : ProxMaps.examples()) {
            if (map instanceof GroupSoftThreshold) {
                Samples samples = new Samples(map, seed);
                float tau = samples.random().nextInt(4) * 0.7f;
                float[] v = samples.row(samples.width());
                float[] u = new float[v.length];
                map.scaledProx(tau, v, 0, u, 0, v.length, new RowScratch());
                for (int i = 0; i < v.length; i++) {
                    BigDecimal threshold = big(tau).multiply(big(map.parameters()[0]));
                    BigDecimal exact = new ProxOracle(map).shrink(big(v), i, threshold);
                    assertThat(big(u[i]).subtract(exact).abs().doubleValue()).as(map.toString())
                            .isLessThanOrEqualTo(0.500001 * Math.ulp(u[i]));
                }
            }
        }
    }

    @Property(seed = "203", tries = 60, shrinking = ShrinkingMode.OFF)
    void softmaxIsCorrectWithinHalfAnUlp(@ForAll long seed) {
        Softmax map = new Softmax();
        Samples samples = new Samples(map, seed);
        float[] v = samples.row(samples.width());
        float[] u = new float[v.length];
        map.activate(v, 0, u, 0, v.length, new RowScratch());
        BigDecimal[] exact = new ProxOracle(map).activate(big(v));
        for (int i = 0; i < v.length; i++) {
            assertThat(big(u[i]).subtract(exact[i]).abs().doubleValue()).isLessThanOrEqualTo(0.500001 * Math.ulp(u[i]));
        }
    }

    /** Newton's method in 100 digits on the optimality conditions v_i − ν = (1 − τ)u_i + τ log u_i, Σ u_i = 1. */
    @Property(seed = "204", tries = 60, shrinking = ShrinkingMode.OFF)
    void scaledSoftmaxIsOptimal(@ForAll long seed) {
        Softmax map = new Softmax();
        Samples samples = new Samples(map, seed);
        Random random = samples.random();
        float tau = (float) Math.pow(10, 60 * random.nextDouble() - 30);
        float[] v = samples.row(samples.width());
        float stretch = random.nextBoolean() ? 1f : 3f * Math.min(tau, 1e30f);
        for (int i = 0; i < v.length; i++) {
            v[i] *= stretch;
        }
        float[] u = new float[v.length];
        map.scaledProx(tau, v, 0, u, 0, v.length, new RowScratch());
        BigDecimal[] exact = simplexProx(big(tau), big(v), u);
        for (int i = 0; i < v.length; i++) {
            assertThat(big(u[i]).subtract(exact[i]).abs().doubleValue()).as("tau " + tau + ", entry " + u[i])
                    .isLessThanOrEqualTo(0.501 * Math.ulp(u[i]));
        }
    }

    private static BigDecimal[] simplexProx(BigDecimal tau, BigDecimal[] v, float[] start) {
        int n = v.length;
        BigDecimal[] z = new BigDecimal[n];
        for (int i = 0; i < n; i++) {
            z[i] = log(big(Math.max(start[i], 1e-46)));
        }
        BigDecimal[] u = new BigDecimal[n];
        BigDecimal nu = BigDecimal.ZERO;
        BigDecimal residual = ONE;
        for (int step = 0; step < 12; step++) {
            BigDecimal[] r = new BigDecimal[n];
            BigDecimal[] gain = new BigDecimal[n];
            BigDecimal gap = ONE;
            BigDecimal weight = BigDecimal.ZERO;
            residual = BigDecimal.ZERO;
            for (int i = 0; i < n; i++) {
                u[i] = exp(z[i]);
                r[i] = v[i].subtract(nu).subtract(u[i], BigMath.MC)
                        .subtract(tau.multiply(z[i].subtract(u[i], BigMath.MC)), BigMath.MC);
                gain[i] = ONE.divide(u[i].add(tau.multiply(ONE.subtract(u[i], BigMath.MC)), BigMath.MC), BigMath.MC);
                gap = gap.subtract(u[i], BigMath.MC).subtract(u[i].multiply(r[i]).multiply(gain[i]), BigMath.MC);
                weight = weight.add(u[i].multiply(gain[i]), BigMath.MC);
                residual = residual.max(r[i].abs());
            }
            BigDecimal dNu = gap.divide(weight, BigMath.MC).negate();
            for (int i = 0; i < n; i++) {
                z[i] = z[i].add(r[i].subtract(dNu).multiply(gain[i]), BigMath.MC);
            }
            nu = nu.add(dNu);
        }
        assertThat(residual.doubleValue()).isLessThan(1e-40);
        return u;
    }

    @Property(seed = "205", tries = 40, shrinking = ShrinkingMode.OFF)
    void penaltyKeepsItsAccuracyNearSigma(@ForAll long seed) {
        for (ProxMap map : ProxMaps.examples()) {
            Samples samples = new Samples(map, seed);
            float[] v = samples.row(samples.width());
            float[] u = samples.near(v);
            double exact = new ProxOracle(map).penalty(big(u), big(v)).doubleValue();
            double computed = map.penalty(u, 0, v, 0, v.length, new Reduction());
            assertThat(Math.abs(computed - exact)).as(map + " " + exact)
                    .isLessThanOrEqualTo(1e-6 * exact + 1e-24);
        }
    }

    @Property(seed = "206", tries = 30, shrinking = ShrinkingMode.OFF)
    void potentialAndConjugateAgreeAndObeyFenchelYoung(@ForAll long seed) {
        for (ProxMap map : ProxMaps.examples()) {
            Samples samples = new Samples(map, seed);
            ProxOracle oracle = new ProxOracle(map);
            float[] v = samples.row(samples.width());
            int n = v.length;
            float[] u = samples.feasible(n);
            Reduction sums = new Reduction();
            double potential = map.potential(u, 0, n, sums);
            double conjugate = map.conjugate(v, 0, n, sums);
            double inner = BigMath.dot(big(u), big(v)).doubleValue();
            double square = ProxOracle.halfSquare(big(u)).doubleValue();
            double scale = 1 + Math.abs(potential) + Math.abs(conjugate) + Math.abs(inner) + square;
            assertThat(Math.abs(potential - oracle.potential(big(u)).doubleValue())).as(map.toString())
                    .isLessThanOrEqualTo(2e-15 * scale);
            assertThat(Math.abs(conjugate - oracle.conjugate(big(v)).doubleValue())).as(map.toString())
                    .isLessThanOrEqualTo(2e-15 * scale);
            assertThat(square + potential + conjugate - inner).as(map.toString()).isGreaterThan(-4e-15 * scale);
            double b = map.penalty(u, 0, v, 0, n, sums);
            assertThat(Math.abs(square + potential + conjugate - inner - b)).as(map.toString())
                    .isLessThanOrEqualTo(1e-14 * scale);
        }
    }
}
