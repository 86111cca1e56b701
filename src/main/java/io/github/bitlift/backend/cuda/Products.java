package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Product;
import java.util.List;

/** Products as launches: as few as the rows' kernels allow, each row with one descriptor in each launch. */
final class Products {
    private Products() {}

    /** Adds what a product needs to a plan. */
    static void plan(Plan plan, Product operation) {
        List<List<RowTask>> rows = operation.rows().stream()
                .filter(row -> row.size() > 0)
                .map(row -> RowTasks.of(plan, row))
                .toList();
        RowLaunches.add(plan, rows);
    }
}
