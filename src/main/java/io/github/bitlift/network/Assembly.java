package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Puts a network together layer by layer; blocks of u are known by their numbers, 0 being the input. */
final class Assembly {
    private final List<Integer> columns = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private final List<Block> w = new ArrayList<>();
    private final List<Block> m = new ArrayList<>();
    private final List<Block> v = new ArrayList<>();
    private final List<Matrix> b = new ArrayList<>();
    private final List<ProxMap> sigma = new ArrayList<>();

    /** For inputs of a given width. */
    Assembly(int inputs) {
        columns.add(inputs);
    }

    /** A summand: a map of block {@code block} of u. */
    record Of(int block, LinearMap map) {}

    /** Adds {@code u_j = σ(Σ W u + b)}; returns j. */
    int layer(ProxMap activation, Matrix bias, Of... reads) {
        return layer(new LinearMap.ScaledIdentity(reads[0].map.rows(), 1f), activation, bias, reads);
    }

    /** Adds {@code u_j = V σ(Σ W u + b)}; returns j. */
    int layer(LinearMap outer, ProxMap activation, Matrix bias, Of... reads) {
        int j = activate(activation, bias, reads);
        v.add(new Block(j, j, outer));
        return define(outer.rows());
    }

    /** Adds {@code u_j = u_i + V σ(Σ W u + b)}, i being {@code skipped}; returns j. */
    int residual(int skipped, LinearMap outer, ProxMap activation, Matrix bias, Of... reads) {
        int j = activate(activation, bias, reads);
        v.add(new Block(j, j, outer));
        m.add(new Block(j, skipped, new LinearMap.ScaledIdentity(columns.get(skipped), -1f)));
        return define(columns.get(skipped));
    }

    private int activate(ProxMap activation, Matrix bias, Of... reads) {
        int j = sigma.size();
        for (Of read : reads) {
            w.add(new Block(j, read.block, read.map));
        }
        sigma.add(activation);
        b.add(bias);
        rows.add(reads[0].map.rows());
        return j;
    }

    private int define(int width) {
        int index = columns.size();
        m.add(new Block(index - 1, index, new LinearMap.ScaledIdentity(width, 1f)));
        columns.add(width);
        return index;
    }

    /** The network with {@code N(y) = Σ K u + d}. */
    Network output(Parameters parameters, Composition composition, Matrix d, Of... reads) {
        int[] u = columns.stream().mapToInt(Integer::intValue).toArray();
        int[] z = rows.stream().mapToInt(Integer::intValue).toArray();
        int[] solved = columns.stream().skip(1).mapToInt(Integer::intValue).toArray();
        List<Block> k = new ArrayList<>();
        for (Of read : reads) {
            k.add(new Block(0, read.block, read.map));
        }
        return new Network(
                parameters, composition,
                named("K", () -> new BlockOperator(new int[] {reads[0].map.rows()}, u, k)),
                named("M", () -> new BlockOperator(solved, u, m)),
                named("V", () -> new BlockOperator(solved, z, v)),
                named("W", () -> new BlockOperator(z, u, w)),
                b, d, sigma);
    }

    private static BlockOperator named(String name, Supplier<BlockOperator> operator) {
        try {
            return operator.get();
        } catch (IllegalArgumentException problem) {
            throw new IllegalArgumentException(name + ": " + problem.getMessage(), problem);
        }
    }
}
