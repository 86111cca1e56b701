package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.prox.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All learnable numbers θ of a network in one buffer. Those of a chain of affine layers lie in layer order: {@code
 * layers.0.weight}, {@code layers.0.bias}, {@code layers.1.weight}, ..., the last layer being the framework paper's K and d;
 * other architectures name their own, such as {@code L.1} or {@code gamma.2}.
 */
public final class Parameters implements AutoCloseable {
    private final List<Shape> shapes;
    private final Buffer buffer;
    private final List<Matrix> tensors;
    private final int chain;

    /**
     * A parameter.
     *
     * @param name unique
     * @param rows 1 for biases and scalars
     * @param columns 1 for scalars
     * @param nonNegative whether steps end with the projection onto numbers {@code >= 0}
     */
    public record Shape(String name, int rows, int columns, boolean nonNegative) {

        /** A parameter without bounds. */
        public Shape(String name, int rows, int columns) {
            this(name, rows, columns, false);
        }

        /** Whether it is a matrix of weights, no bias and no scalar. */
        public boolean isWeight() {
            return !name.matches("layers\\.\\d+\\.bias|(b|d|h|gamma|tau|lambda)(\\.\\d+)?");
        }

        long size() {
            return (long) rows * columns;
        }
    }

    /**
     * Zeroed parameters of a chain of affine layers.
     *
     * @param backend where they live
     * @param widths {@code [N₀, N₁, …, N_J, N]}: layer j maps width j to width j + 1
     */
    public Parameters(Backend backend, int... widths) {
        this(backend, chain(widths), widths.length - 1);
    }

    /** Zeroed parameters of given names and shapes. */
    public Parameters(Backend backend, List<Shape> shapes) {
        this(backend, shapes, 0);
    }

    private Parameters(Backend backend, List<Shape> shapes, int chain) {
        this.shapes = List.copyOf(shapes);
        this.chain = chain;
        this.buffer = backend.allocate(shapes.stream().mapToLong(Shape::size).sum());
        List<Matrix> views = new ArrayList<>();
        long at = 0;
        for (Shape shape : shapes) {
            views.add(new Matrix(buffer, at, shape.rows, shape.columns));
            at += shape.size();
        }
        this.tensors = List.copyOf(views);
    }

    /** Of a chain of affine layers. */
    static List<Shape> chain(int... widths) {
        List<Shape> shapes = new ArrayList<>();
        for (int j = 0; j + 1 < widths.length; j++) {
            shapes.add(new Shape("layers." + j + ".weight", widths[j + 1], widths[j]));
            shapes.add(new Shape("layers." + j + ".bias", 1, widths[j + 1]));
        }
        return shapes;
    }

    /** Zeroed parameters of the same names and shapes. */
    public Parameters like(Backend backend) {
        return new Parameters(backend, shapes, chain);
    }

    /** The number of parameters of a chain of affine layers. */
    public static long count(int... widths) {
        long count = 0;
        for (int j = 0; j + 1 < widths.length; j++) {
            count += (long) widths[j + 1] * (widths[j] + 1L);
        }
        return count;
    }

    /** Names and shapes, in order. */
    public List<Shape> shapes() {
        return shapes;
    }

    /**
     * A parameter by name.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Matrix named(String name) {
        for (int i = 0; i < shapes.size(); i++) {
            if (shapes.get(i).name.equals(name)) {
                return tensors.get(i);
            }
        }
        throw new IllegalArgumentException("no parameter " + name + " among " + shapes);
    }

    /** The name of the parameter that a view lies in, if it lies here. */
    public Optional<String> nameOf(Matrix view) {
        for (int i = 0; i < shapes.size(); i++) {
            if (tensors.get(i).overlaps(view)) {
                return Optional.of(shapes.get(i).name);
            }
        }
        return Optional.empty();
    }

    /** What lies here at the place of a view of parameters of the same shapes: the gradient's part that belongs to it. */
    public Matrix counterpart(Matrix view) {
        return new Matrix(buffer, view.offset(), view.rows(), view.columns());
    }

    /** The number of affine layers of a chain; 0 for other architectures. */
    public int layers() {
        return chain;
    }

    /** The weights {@code [out, in]} of layer j of a chain, from 0. */
    public Matrix weight(int j) {
        return tensors.get(2 * j);
    }

    /** The bias {@code [1, out]} of layer j of a chain, from 0. */
    public Matrix bias(int j) {
        return tensors.get(2 * j + 1);
    }

    /** Weight and bias of layer j of a chain as one row: they lie side by side. */
    public Matrix layer(int j) {
        return perLayer().get(j);
    }

    /** The parts that take steps of their own, each as one row: the layers of a chain, else the parameters one by one. */
    public List<Matrix> perLayer() {
        int together = chain > 0 ? 2 : 1;
        List<Matrix> parts = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i += together) {
            long size = tensors.subList(i, i + together).stream().mapToLong(Matrix::size).sum();
            parts.add(new Matrix(buffer, tensors.get(i).offset(), 1, Math.toIntExact(size)));
        }
        return parts;
    }

    /** The projections with which steps on {@link #perLayer} end, null for parts without bounds. */
    public List<Update.Proximal> projections() {
        Update.Proximal projection = new Update.Proximal(Box.nonNegative(), 1f, false);
        List<Update.Proximal> projections = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i += chain > 0 ? 2 : 1) {
            projections.add(shapes.get(i).nonNegative ? projection : null);
        }
        return projections;
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
