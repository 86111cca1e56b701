package io.github.bitlift.network;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Product;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A sparse grid of linear maps, as in the framework paper's K, M, V, W (§2): applied to a {@link
 * BlockVector}, all its blocks run in one fused launch.
 *
 * <p>A block row adds its blocks in ascending column order, a block column (adjoint) in ascending row
 * order; absent blocks are zero and add nothing.
 */
public final class BlockOperator {
    private final int[] rowSizes;
    private final int[] columnSizes;
    private final List<Block> blocks;

    /**
     * One entry of the grid.
     *
     * @param row block row, from 0
     * @param column block column, from 0
     * @param map the entry
     */
    public record Block(int row, int column, LinearMap map) {}

    /**
     * An operator from blocks.
     *
     * @param rowSizes dimensions of the block rows
     * @param columnSizes dimensions of the block columns
     * @param blocks the entries that aren't zero, at most one per place
     * @throws IllegalArgumentException if an entry doesn't fit its place or a place is taken twice
     */
    public BlockOperator(int[] rowSizes, int[] columnSizes, List<Block> blocks) {
        this.rowSizes = rowSizes.clone();
        this.columnSizes = columnSizes.clone();
        this.blocks = blocks.stream()
                .sorted(Comparator.comparingInt(Block::row).thenComparingInt(Block::column))
                .toList();
        boolean[][] taken = new boolean[rowSizes.length][columnSizes.length];
        for (Block block : blocks) {
            requireFit(block);
            if (taken[block.row()][block.column()]) {
                throw new IllegalArgumentException("block (" + block.row() + ", " + block.column() + ") given twice");
            }
            taken[block.row()][block.column()] = true;
        }
    }

    private void requireFit(Block block) {
        String place = "block (" + block.row + ", " + block.column + ")";
        if (block.row < 0 || block.row >= rowSizes.length || block.column < 0 || block.column >= columnSizes.length) {
            throw new IllegalArgumentException(place + " lies outside a grid of " + rowSizes.length + " by "
                    + columnSizes.length + " blocks");
        }
        if (block.map.rows() != rowSizes[block.row] || block.map.columns() != columnSizes[block.column]) {
            throw new IllegalArgumentException(place + " maps " + block.map.columns() + " to " + block.map.rows()
                    + ", expected " + columnSizes[block.column] + " to " + rowSizes[block.row]);
        }
    }

    /** The entries, by row, then column. */
    public List<Block> blocks() {
        return blocks;
    }

    /** Dimensions of the block rows. */
    public int[] rowSizes() {
        return rowSizes.clone();
    }

    /** Dimensions of the block columns. */
    public int[] columnSizes() {
        return columnSizes.clone();
    }

    /** The entries of a block row, by column. */
    public List<Block> inRow(int row) {
        return blocks.stream().filter(block -> block.row == row).toList();
    }

    /** The entries of a block column, by row. */
    public List<Block> inColumn(int column) {
        return blocks.stream().filter(block -> block.column == column).toList();
    }

    /** The summands of block row {@code row} of A·in; empty if the row is zero. */
    public List<Product.Term> row(int row, BlockVector in) {
        return inRow(row).stream().map(block -> block.map.apply(in.block(block.column))).toList();
    }

    /** The summands of block row {@code column} of A*·in; empty if the column is zero. */
    public List<Product.Term> column(int column, BlockVector in) {
        return inColumn(column).stream().map(block -> block.map.adjoint(in.block(block.row))).toList();
    }

    /** {@code out ← A·in}, every block row in one launch; zero rows of A leave their block as it is. */
    public Product apply(BlockVector in, BlockVector out) {
        List<Product.Row> rows = new ArrayList<>();
        for (int row = 0; row < rowSizes.length; row++) {
            List<Product.Term> terms = row(row, in);
            if (!terms.isEmpty()) {
                rows.add(new Product.Row(out.block(row), terms, new Epilogue.Scale(1f)));
            }
        }
        return new Product(rows);
    }

    /** {@code out ← A*·in}, every block column in one launch; zero columns of A leave their block as it is. */
    public Product applyAdjoint(BlockVector in, BlockVector out) {
        List<Product.Row> rows = new ArrayList<>();
        for (int column = 0; column < columnSizes.length; column++) {
            List<Product.Term> terms = column(column, in);
            if (!terms.isEmpty()) {
                rows.add(new Product.Row(out.block(column), terms, new Epilogue.Scale(1f)));
            }
        }
        return new Product(rows);
    }
}
