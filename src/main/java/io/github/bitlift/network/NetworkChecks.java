package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.ProxMap;
import java.util.Arrays;
import java.util.List;

/** Whether block operators make up a network. */
final class NetworkChecks {
    private NetworkChecks() {}

    static void check(
            BlockOperator k, BlockOperator m, BlockOperator v, BlockOperator w, List<Matrix> b, Matrix d,
            List<ProxMap> sigma) {
        same("block columns of M", m.columnSizes(), "those of W", w.columnSizes());
        same("block columns of K", k.columnSizes(), "those of W", w.columnSizes());
        same("block columns of V", v.columnSizes(), "the block rows of W", w.rowSizes());
        same("block rows of V", v.rowSizes(), "those of M", m.rowSizes());
        same("biases b", b.stream().mapToInt(Matrix::columns).toArray(), "the block rows of W", biases(w));
        same("bias d", new int[] {d.columns()}, "the block row of K", biases(k));
        require(sigma.size() == b.size(), sigma.size() + " activations, expected " + b.size() + ", one per block row of W");
        require(w.columnSizes().length == b.size() + 1,
                "W has " + w.columnSizes().length + " block columns, expected one more than its " + b.size() + " block rows");
        for (int j = 0; j < sigma.size(); j++) {
            try {
                sigma.get(j).requireWidth(b.get(j).columns());
            } catch (IllegalArgumentException problem) {
                throw new IllegalArgumentException("block row " + j + " of W: " + problem.getMessage(), problem);
            }
            requireSeparable(j, sigma.get(j), k, w);
            checkOrder(j, m, v, w);
        }
    }

    /** What the block rows of an operator take as biases. */
    private static int[] biases(BlockOperator operator) {
        int[] sizes = operator.rowSizes();
        for (Block block : operator.blocks()) {
            sizes[block.row()] = block.map().biases();
        }
        return sizes;
    }

    /** Convolutions cut the rows that they read and write into pixels. */
    private static void requireSeparable(int j, ProxMap sigma, BlockOperator k, BlockOperator w) {
        boolean pixels = w.inRow(j).stream().anyMatch(NetworkChecks::isConvolution)
                || w.inColumn(j + 1).stream().anyMatch(NetworkChecks::isConvolution)
                || k.inColumn(j + 1).stream().anyMatch(NetworkChecks::isConvolution);
        require(!pixels || sigma.coupling() == 1, "block row " + j + " of W: " + sigma.stem().replace('_', '-')
                + " couples the numbers of a layer, which a convolution cuts into pixels; expected an activation of single"
                + " numbers");
    }

    private static boolean isConvolution(Block block) {
        return block.map() instanceof Convolution || block.map() instanceof TransposedConvolution;
    }

    private static void checkOrder(int j, BlockOperator m, BlockOperator v, BlockOperator w) {
        for (Block block : w.inRow(j)) {
            require(block.column() <= j, "W: block (" + j + ", " + block.column() + ") reads a layer that isn't known yet;"
                    + " expected columns up to " + j);
        }
        for (Block block : v.inRow(j)) {
            require(block.column() <= j, "V: block (" + j + ", " + block.column() + ") reads a layer that isn't known yet;"
                    + " expected columns up to " + j);
        }
        for (Block block : m.inRow(j)) {
            require(block.map() instanceof LinearMap.ScaledIdentity && block.column() <= j + 1,
                    "M: block (" + j + ", " + block.column() + ") can't be solved for; expected multiples of the identity in"
                            + " columns up to " + (j + 1));
        }
        require(m.inRow(j).stream().anyMatch(block -> block.column() == j + 1
                        && ((LinearMap.ScaledIdentity) block.map()).isIdentity()),
                "M: block (" + j + ", " + (j + 1) + "): expected the identity");
        require(!w.inRow(j).isEmpty() && !v.inRow(j).isEmpty(), "W and V: block row " + j + " is zero");
    }

    private static void same(String what, int[] found, String other, int[] expected) {
        require(Arrays.equals(found, expected),
                what + ": " + Arrays.toString(found) + ", expected " + other + ", " + Arrays.toString(expected));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
