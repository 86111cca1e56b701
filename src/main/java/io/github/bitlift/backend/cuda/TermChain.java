package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.cuda.RowTask.Layout;
import io.github.bitlift.backend.cuda.RowTasks.Sum;
import java.util.List;

/**
 * The sum of a block row's terms, added in their order, each complete before it is added. A product takes what came before
 * it along as its addend, so n products are n launches; partial sums lie in scratch memory, because the output may be the
 * epilogue's addend.
 */
final class TermChain {
    private final RowTasks tasks;
    /** The terms so far; null before the first. */
    private Sum sum;
    /** The first term, if it is scaled and nothing was added to it yet. */
    private Product.Scaled first;

    private TermChain(RowTasks tasks) {
        this.tasks = tasks;
    }

    /** Adds all tasks but the last, which is left for the epilogue. */
    static Sum sum(RowTasks tasks, List<Product.Term> terms) {
        TermChain chain = new TermChain(tasks);
        for (Product.Term term : terms) {
            if (term instanceof Product.Dense dense) {
                chain.add(dense);
            } else {
                chain.add((Product.Scaled) term);
            }
        }
        chain.takeFirst();
        return chain.sum;
    }

    private void add(Product.Dense dense) {
        Value addend = Value.NULL;
        float factor = 1f;
        if (first != null) {
            addend = tasks.at("scaled term", first.operand());
            factor = first.factor();
            first = null;
        } else if (sum != null) {
            addend = settle();
        }
        sum = product(dense);
        sum.row().addend(addend, factor);
    }

    private void add(Product.Scaled scaled) {
        if (sum == null && first == null) {
            first = scaled;
            return;
        }
        takeFirst();
        sum = tasks.sumAt(settle());
        sum.row().addend(tasks.at("scaled term", scaled.operand()), scaled.factor());
    }

    /** A first term that no product follows. */
    private void takeFirst() {
        if (first != null) {
            sum = tasks.sumAt(tasks.at("scaled term", first.operand()));
            sum.row().scale(first.factor());
            sum = first.factor() == 1f ? sum : tasks.settled(sum);
            first = null;
        }
    }

    /** Where the terms so far lie, after one more task if they are no more than planned. */
    private Value settle() {
        Value place = tasks.scratch((long) tasks.rows() * tasks.columns());
        tasks.add("", sum, place);
        return place;
    }

    private Sum product(Product.Dense dense) {
        Value left = tasks.at("left factor", dense.left());
        Value right = tasks.at("right factor", dense.right());
        int depth = dense.depth();
        Layout layout = layout(dense);
        if (dense.transposeLeft() && dense.transposeRight()) {
            Value turned = tasks.scratch((long) tasks.rows() * depth);
            if (depth > 0) {
                tasks.add(new RowTask.Transposed(depth, tasks.rows(), left, turned));
            }
            left = turned;
        }
        return new Sum(layout, new ProductRow(tasks.rows(), tasks.columns(), left, right, depth));
    }

    private static Layout layout(Product.Dense dense) {
        if (dense.transposeRight()) {
            return Layout.NT;
        }
        return dense.transposeLeft() ? Layout.TN : Layout.NN;
    }
}
