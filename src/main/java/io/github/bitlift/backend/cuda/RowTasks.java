package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.cuda.RowTask.Kernel;
import io.github.bitlift.backend.cuda.RowTask.Layout;
import java.util.ArrayList;
import java.util.List;

/** The tasks of one block row, in order. */
final class RowTasks {
    private final Plan plan;
    private final int rows;
    private final int columns;
    private final List<RowTask> tasks = new ArrayList<>();

    private RowTasks(Plan plan, Product.Row row) {
        this.plan = plan;
        rows = row.rows();
        columns = row.columns();
    }

    /** What a block row with at least one element needs. */
    static List<RowTask> of(Plan plan, Product.Row row) {
        RowTasks tasks = new RowTasks(plan, row);
        new EpiloguePlan(tasks, row).add(TermChain.sum(tasks, row.terms()));
        return tasks.tasks;
    }

    /**
     * A sum that the next kernel finishes.
     *
     * @param layout of its product, or that there is none
     * @param row without epilogue and output
     */
    record Sum(Layout layout, ProductRow row) {}

    /** A sum in memory. */
    Sum sumAt(Value place) {
        return new Sum(Layout.NONE, new ProductRow(rows, columns, place));
    }

    /** The same sum, in scratch memory. */
    Sum settled(Sum sum) {
        Value place = plan.scratch(4L * rows * columns);
        add("", sum, place);
        return sumAt(place);
    }

    /** Adds the kernel that finishes a sum. */
    void add(String stem, Sum sum, Value out) {
        add(new RowTask.Rows(new Kernel(stem, sum.layout()), sum.row().out(out)));
    }

    void add(RowTask task) {
        tasks.add(task);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    Value scratch(long elements) {
        return plan.scratch(4 * elements);
    }

    Value at(String role, Matrix matrix) {
        return plan.operands().at("product: " + role, matrix);
    }

    Value descriptor(Struct struct) {
        return plan.descriptors(List.of(struct));
    }

    Plan plan() {
        return plan;
    }
}
