package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link Rows} through the Vector API, the same operations lane by lane; the scalar loops do what is left
 * over. (The compiler leaves the scalar ones scalar: places that differ between arrays stop it.) No loop calls a method of
 * ours: the compiler takes in only so many of those, and vectors that cross a call become objects.
 */
final class VectorRows extends Rows {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    @Override
    public void scale(float factor, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        for (int k = 0; k < bound; k += LANES) {
            f.mul(FloatVector.fromArray(SPECIES, c, at + k)).intoArray(c, at + k);
        }
        super.scale(factor, c, at + bound, n - bound);
    }

    @Override
    public void divide(float denominator, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector d = FloatVector.broadcast(SPECIES, denominator);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector.fromArray(SPECIES, c, at + k).div(d).intoArray(c, at + k);
        }
        super.divide(denominator, c, at + bound, n - bound);
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector.fromArray(SPECIES, a, aAt + k).add(FloatVector.fromArray(SPECIES, b, bAt + k)).intoArray(out, outAt + k);
        }
        super.add(a, aAt + bound, b, bAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void addScaled(float factor, float[] a, int aAt, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector.fromArray(SPECIES, c, at + k).add(f.mul(FloatVector.fromArray(SPECIES, a, aAt + k))).intoArray(c, at + k);
        }
        super.addScaled(factor, a, aAt + bound, c, at + bound, n - bound);
    }

    @Override
    public void scaledDifference(float mu, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector factor = FloatVector.broadcast(SPECIES, mu);
        for (int k = 0; k < bound; k += LANES) {
            factor.mul(FloatVector.fromArray(SPECIES, a, aAt + k).sub(FloatVector.fromArray(SPECIES, b, bAt + k)))
                    .intoArray(out, outAt + k);
        }
        super.scaledDifference(mu, a, aAt + bound, b, bAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void negatedProduct(float mu, float[] a, int aAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector factor = FloatVector.broadcast(SPECIES, mu);
        for (int k = 0; k < bound; k += LANES) {
            factor.mul(FloatVector.fromArray(SPECIES, a, aAt + k)).neg().intoArray(out, outAt + k);
        }
        super.negatedProduct(mu, a, aAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void pull(
            float weight, float[] x, int xAt, float[] point, int pointAt, float[] g, int gAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector w = FloatVector.broadcast(SPECIES, weight);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector distance = FloatVector.fromArray(SPECIES, x, xAt + k).sub(FloatVector.fromArray(SPECIES, point, pointAt + k));
            w.fma(distance, FloatVector.fromArray(SPECIES, g, gAt + k)).intoArray(out, outAt + k);
        }
        super.pull(weight, x, xAt + bound, point, pointAt + bound, g, gAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void gradient(float tau, float[] g, int gAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = FloatVector.broadcast(SPECIES, -tau);
        for (int k = 0; k < bound; k += LANES) {
            down.fma(FloatVector.fromArray(SPECIES, g, gAt + k), FloatVector.fromArray(SPECIES, x, xAt + k)).intoArray(x, xAt + k);
        }
        super.gradient(tau, g, gAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void heavyBall(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = FloatVector.broadcast(SPECIES, -tau);
        FloatVector decay = FloatVector.broadcast(SPECIES, beta);
        FloatVector share = FloatVector.broadcast(SPECIES, complement);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector slope = share.mul(FloatVector.fromArray(SPECIES, g, gAt + k));
            FloatVector momentum = decay.fma(FloatVector.fromArray(SPECIES, m, mAt + k), slope);
            momentum.intoArray(m, mAt + k);
            down.fma(momentum, FloatVector.fromArray(SPECIES, x, xAt + k)).intoArray(x, xAt + k);
        }
        super.heavyBall(tau, beta, complement, g, gAt + bound, m, mAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void nesterov(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = FloatVector.broadcast(SPECIES, -tau);
        FloatVector decay = FloatVector.broadcast(SPECIES, beta);
        FloatVector share = FloatVector.broadcast(SPECIES, complement);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector slope = share.mul(FloatVector.fromArray(SPECIES, g, gAt + k));
            FloatVector momentum = decay.fma(FloatVector.fromArray(SPECIES, m, mAt + k), slope);
            momentum.intoArray(m, mAt + k);
            down.fma(decay.fma(momentum, slope), FloatVector.fromArray(SPECIES, x, xAt + k)).intoArray(x, xAt + k);
        }
        super.nesterov(tau, beta, complement, g, gAt + bound, m, mAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void adam(
            Update.Adam rule, float s, float inverse, float[] g, int gAt, float[] m, int mAt, float[] q, int qAt,
            float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector beta1 = FloatVector.broadcast(SPECIES, rule.beta1());
        FloatVector beta2 = FloatVector.broadcast(SPECIES, rule.beta2());
        FloatVector complement1 = FloatVector.broadcast(SPECIES, rule.complement1());
        FloatVector complement2 = FloatVector.broadcast(SPECIES, rule.complement2());
        FloatVector epsilon = FloatVector.broadcast(SPECIES, rule.epsilon());
        FloatVector rate = FloatVector.broadcast(SPECIES, s);
        FloatVector correction = FloatVector.broadcast(SPECIES, inverse);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector slope = FloatVector.fromArray(SPECIES, g, gAt + k);
            FloatVector first = beta1.fma(FloatVector.fromArray(SPECIES, m, mAt + k), complement1.mul(slope));
            FloatVector second = beta2.fma(FloatVector.fromArray(SPECIES, q, qAt + k), complement2.mul(slope.mul(slope)));
            first.intoArray(m, mAt + k);
            second.intoArray(q, qAt + k);
            FloatVector root = second.mul(correction).sqrt();
            FloatVector.fromArray(SPECIES, x, xAt + k).sub(rate.mul(first).div(root.add(epsilon))).intoArray(x, xAt + k);
        }
        super.adam(
                rule, s, inverse, g, gAt + bound, m, mAt + bound, q, qAt + bound, x, xAt + bound, n - bound);
    }
}
