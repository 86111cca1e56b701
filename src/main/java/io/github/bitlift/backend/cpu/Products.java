package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.reference.RowOperations;

/**
 * How products are carried out. Many small block rows are shared out among the threads, each row by one of them; of other
 * products, threads share out each row's own elements, if it is large enough.
 */
final class Products {
    private final Workers workers;
    private final KeptFactors factors;
    private final BlockRows together;
    private final BlockRows[] alone;

    Products(Crew crew, Sgemm sgemm, MicroKernel kernel, KeptFactors factors) {
        this.factors = factors;
        this.workers = crew.workers;
        this.together = new BlockRows(sgemm, crew.rows, crew.loops);
        this.alone = new BlockRows[workers.threads()];
        for (int worker = 0; worker < alone.length; worker++) {
            RowOperations[] own = {crew.rows[worker]};
            alone[worker] = new BlockRows(new Sgemm(new Workers(1), kernel), own, crew.loops);
        }
    }

    /** Makes a product ready. */
    Runnable of(Product operation) {
        BlockRows.Row[] rows = operation.rows().stream().map(row -> new BlockRows.Row(row, factors)).toArray(BlockRows.Row[]::new);
        if (sharesRows(rows)) {
            Workers.Task task = (index, worker) -> alone[worker].run(rows[index]);
            return () -> workers.run(rows.length, task);
        }
        return () -> {
            for (BlockRows.Row row : rows) {
                together.run(row);
            }
        };
    }

    private boolean sharesRows(BlockRows.Row[] rows) {
        long total = 0;
        for (BlockRows.Row row : rows) {
            long work = row.work();
            if (work >= Sgemm.WORTH_SHARING) {
                return false;
            }
            total += work;
        }
        return workers.threads() > 1 && rows.length >= 2 * workers.threads() && total >= Sgemm.WORTH_SHARING;
    }
}
