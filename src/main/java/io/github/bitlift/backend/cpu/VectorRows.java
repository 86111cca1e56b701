package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link Rows} through the Vector API, the same operations lane by lane; the scalar loops do what is left
 * over. (The compiler leaves the scalar ones scalar: places that differ between arrays stop it.)
 */
final class VectorRows extends Rows {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static FloatVector load(float[] from, int at) {
        return FloatVector.fromArray(SPECIES, from, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    @Override
    public void scale(float factor, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector f = all(factor);
        for (int k = 0; k < bound; k += LANES) {
            f.mul(load(c, at + k)).intoArray(c, at + k);
        }
        super.scale(factor, c, at + bound, n - bound);
    }

    @Override
    public void divide(float denominator, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector d = all(denominator);
        for (int k = 0; k < bound; k += LANES) {
            load(c, at + k).div(d).intoArray(c, at + k);
        }
        super.divide(denominator, c, at + bound, n - bound);
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        for (int k = 0; k < bound; k += LANES) {
            load(a, aAt + k).add(load(b, bAt + k)).intoArray(out, outAt + k);
        }
        super.add(a, aAt + bound, b, bAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void addScaled(float factor, float[] a, int aAt, float[] c, int at, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector f = all(factor);
        for (int k = 0; k < bound; k += LANES) {
            load(c, at + k).add(f.mul(load(a, aAt + k))).intoArray(c, at + k);
        }
        super.addScaled(factor, a, aAt + bound, c, at + bound, n - bound);
    }

    @Override
    public void scaledDifference(float mu, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector factor = all(mu);
        for (int k = 0; k < bound; k += LANES) {
            factor.mul(load(a, aAt + k).sub(load(b, bAt + k))).intoArray(out, outAt + k);
        }
        super.scaledDifference(mu, a, aAt + bound, b, bAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void negatedProduct(float mu, float[] a, int aAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector factor = all(mu);
        for (int k = 0; k < bound; k += LANES) {
            factor.mul(load(a, aAt + k)).neg().intoArray(out, outAt + k);
        }
        super.negatedProduct(mu, a, aAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void pull(
            float weight, float[] x, int xAt, float[] point, int pointAt, float[] g, int gAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector w = all(weight);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector distance = load(x, xAt + k).sub(load(point, pointAt + k));
            w.fma(distance, load(g, gAt + k)).intoArray(out, outAt + k);
        }
        super.pull(weight, x, xAt + bound, point, pointAt + bound, g, gAt + bound, out, outAt + bound, n - bound);
    }

    @Override
    public void gradient(float tau, float[] g, int gAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = all(-tau);
        for (int k = 0; k < bound; k += LANES) {
            down.fma(load(g, gAt + k), load(x, xAt + k)).intoArray(x, xAt + k);
        }
        super.gradient(tau, g, gAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void heavyBall(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = all(-tau);
        FloatVector decay = all(beta);
        FloatVector share = all(complement);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector momentum = decay.fma(load(m, mAt + k), share.mul(load(g, gAt + k)));
            momentum.intoArray(m, mAt + k);
            down.fma(momentum, load(x, xAt + k)).intoArray(x, xAt + k);
        }
        super.heavyBall(tau, beta, complement, g, gAt + bound, m, mAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void nesterov(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector down = all(-tau);
        FloatVector decay = all(beta);
        FloatVector share = all(complement);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector slope = share.mul(load(g, gAt + k));
            FloatVector momentum = decay.fma(load(m, mAt + k), slope);
            momentum.intoArray(m, mAt + k);
            down.fma(decay.fma(momentum, slope), load(x, xAt + k)).intoArray(x, xAt + k);
        }
        super.nesterov(tau, beta, complement, g, gAt + bound, m, mAt + bound, x, xAt + bound, n - bound);
    }

    @Override
    public void adam(
            Update.Adam rule, float s, float inverse, float[] g, int gAt, float[] m, int mAt, float[] q, int qAt,
            float[] x, int xAt, int n) {
        int bound = SPECIES.loopBound(n);
        FloatVector beta1 = all(rule.beta1());
        FloatVector beta2 = all(rule.beta2());
        FloatVector complement1 = all(rule.complement1());
        FloatVector complement2 = all(rule.complement2());
        FloatVector epsilon = all(rule.epsilon());
        FloatVector rate = all(s);
        FloatVector correction = all(inverse);
        for (int k = 0; k < bound; k += LANES) {
            FloatVector slope = load(g, gAt + k);
            FloatVector first = beta1.fma(load(m, mAt + k), complement1.mul(slope));
            FloatVector second = beta2.fma(load(q, qAt + k), complement2.mul(slope.mul(slope)));
            first.intoArray(m, mAt + k);
            second.intoArray(q, qAt + k);
            FloatVector root = second.mul(correction).sqrt();
            load(x, xAt + k).sub(rate.mul(first).div(root.add(epsilon))).intoArray(x, xAt + k);
        }
        super.adam(
                rule, s, inverse, g, gAt + bound, m, mAt + bound, q, qAt + bound, x, xAt + bound, n - bound);
    }
}
