package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.numerics.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All learnable numbers θ of a network in one buffer, in layer order: {@code layers.0.weight},
 * {@code layers.0.bias}, {@code layers.1.weight}, ... The last layer is the framework paper's K and d.
 */
public final class Parameters implements AutoCloseable {
    private final Buffer buffer;
    private final List<Matrix> weights = new ArrayList<>();
    private final List<Matrix> biases = new ArrayList<>();

    /**
     * Zeroed parameters of a chain of affine layers.
     *
     * @param backend where they live
     * @param widths {@code [N₀, N₁, …, N_J, N]}: layer j maps width j to width j + 1
     */
    public Parameters(Backend backend, int... widths) {
        buffer = backend.allocate(count(widths));
        long at = 0;
        for (int j = 0; j + 1 < widths.length; j++) {
            weights.add(new Matrix(buffer, at, widths[j + 1], widths[j]));
            at += (long) widths[j + 1] * widths[j];
            biases.add(new Matrix(buffer, at, 1, widths[j + 1]));
            at += widths[j + 1];
        }
    }

    /** The number of parameters of a chain of affine layers. */
    public static long count(int... widths) {
        long count = 0;
        for (int j = 0; j + 1 < widths.length; j++) {
            count += (long) widths[j + 1] * (widths[j] + 1L);
        }
        return count;
    }

    /** Zeroed parameters of the same shapes, on any backend. */
    public Parameters like(Backend backend) {
        int[] widths = new int[layers() + 1];
        widths[0] = weight(0).columns();
        for (int j = 0; j < layers(); j++) {
            widths[j + 1] = weight(j).rows();
        }
        return new Parameters(backend, widths);
    }

    /** The number of layers. */
    public int layers() {
        return weights.size();
    }

    /** The weights {@code [out, in]} of layer j, from 0. */
    public Matrix weight(int j) {
        return weights.get(j);
    }

    /** The bias {@code [1, out]} of layer j, from 0. */
    public Matrix bias(int j) {
        return biases.get(j);
    }

    /** Weight and bias of layer j as one row: they lie side by side. */
    public Matrix layer(int j) {
        Matrix weight = weights.get(j);
        return new Matrix(buffer, weight.offset(), 1, Math.toIntExact(weight.size() + weight.rows()));
    }

    /** {@link #layer} for all j. */
    public List<Matrix> perLayer() {
        return IntStream.range(0, layers()).mapToObj(this::layer).toList();
    }

    /** The number of parameters. */
    public int count() {
        return Math.toIntExact(buffer.length());
    }

    /** All parameters as one row. */
    public Matrix all() {
        return new Matrix(buffer, 0, 1, count());
    }

    /** A copy of all parameters, in layer order. */
    public float[] toArray() {
        return all().toArray();
    }

    /** Replaces all parameters. */
    public void write(float[] values) {
        if (values.length != count()) {
            throw new IllegalArgumentException(values.length + " parameters, expected " + count());
        }
        all().write(values);
    }

    /** SHA-256 over the little-endian bytes, in layer order. */
    public String digest() {
        return Digest.of(toArray());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
