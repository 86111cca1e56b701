package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.Maps;
import io.github.bitlift.backend.reference.RowOperations;
import io.github.bitlift.backend.reference.Rows;
import io.github.bitlift.numerics.Reduction;

/**
 * The operations on several threads, in the reference's order within every element. One instance serves one program;
 * what an operation's tasks need lies in fields, so that a replay allocates no array.
 */
final class CpuKernels implements Kernels {
    /** Elements per task of an element-wise operation. */
    private static final int GRAIN = 16 * 1024;

    private final Workers workers;
    private final Sgemm sgemm;
    private final Rows loops;
    private final RowOperations[] rows;
    private final Reduction[] sums;
    private final float[][] chains;
    private final MatrixVector matrixVector;
    private final TvIterations iterations;

    private final Sgemm.RowsDone finishRow = this::finishRow;
    private final Workers.Task finishRows = this::finishRows;
    private final Workers.Task stepRange = this::stepRange;
    private final Workers.Task mapRows = this::mapRows;
    private final Workers.Task reduceRows = this::reduceRows;
    private final Workers.Task sumColumns = this::sumColumns;
    private final Workers.Task unfoldRows = this::unfoldRows;
    private final Workers.Task foldRows = this::foldRows;

    private float[] scratch = {};
    private double[] rowSums = {};
    private Product.Row product;
    /** Where the product's sums lie: in the output or, where there is none or the epilogue reads it, apart. */
    private float[] sumsOfRow;
    private int sumsAt;
    private Update.Step step;
    private Elementwise elementwise;
    private Reduce reduction;
    private ColumnSum.Entry column;
    private Unfold unfold;
    private Fold fold;
    private int rowsPerTask;

    CpuKernels(Workers workers, Sgemm sgemm, Maps maps, Rows loops, TvLoops tvLoops, PlaneLoops planeLoops) {
        this.workers = workers;
        this.sgemm = sgemm;
        this.loops = loops;
        this.rows = new RowOperations[workers.threads()];
        this.sums = new Reduction[workers.threads()];
        for (int worker = 0; worker < rows.length; worker++) {
            rows[worker] = new RowOperations(maps, loops);
            sums[worker] = new Reduction();
        }
        this.chains = new float[workers.threads()][ColumnSums.WIDTH];
        this.matrixVector = loops instanceof VectorRows ? new VectorMatrixVector(workers, loops) : new MatrixVector(workers, loops);
        this.iterations = new TvIterations(
                workers, tvLoops, () -> new PenaltyGradient(planeLoops, maps, loops));
    }

    @Override
    public void product(Product operation) {
        for (Product.Row row : operation.rows()) {
            product = row;
            boolean isApart = row.out() == null || readsOutput(row);
            sumsOfRow = isApart ? room(row.size()) : array(row.out());
            sumsAt = isApart ? 0 : start(row.out());
            if (row.terms().size() == 1 && row.terms().get(0) instanceof Product.Dense dense) {
                multiply(dense, sumsOfRow, sumsAt, finishRow);
            } else {
                sum(row);
                share(row.rows(), row.columns(), finishRows);
            }
        }
    }

    /** Whether the epilogue reads what the row writes, so that the sums must lie elsewhere. */
    private static boolean readsOutput(Product.Row row) {
        return row.epilogue() instanceof Epilogue.Add add && add.addend().equals(row.out());
    }

    /** Several terms, or one that is no product: rare enough for a pass over memory each. */
    private void sum(Product.Row row) {
        float[] total = sumsOfRow;
        int at = sumsAt;
        float[] next = null;
        for (int t = 0; t < row.terms().size(); t++) {
            Product.Term term = row.terms().get(t);
            if (term instanceof Product.Scaled scaled) {
                addScaled(total, at, scaled, t == 0);
            } else if (t == 0) {
                multiply((Product.Dense) term, total, at, null);
            } else {
                next = next == null ? new float[Math.toIntExact(row.size())] : next;
                multiply((Product.Dense) term, next, 0, null);
                loops.add(total, at, next, 0, total, at, next.length);
            }
        }
    }

    private static void addScaled(float[] total, int at, Product.Scaled term, boolean first) {
        float[] operand = array(term.operand());
        int from = start(term.operand());
        int n = (int) term.operand().size();
        for (int k = 0; k < n; k++) {
            float value = term.factor() * operand[from + k];
            total[at + k] = first ? value : total[at + k] + value;
        }
    }

    private void multiply(Product.Dense dense, float[] c, int cAt, Sgemm.RowsDone done) {
        sgemm.multiply(
                dense.transposeLeft(), dense.transposeRight(), dense.rows(), dense.columns(), dense.depth(),
                array(dense.left()), start(dense.left()), array(dense.right()), start(dense.right()), c, cAt, done);
    }

    private void finishRow(int from, int to, int worker) {
        for (int i = from; i < to; i++) {
            rows[worker].finish(product, i, sumsOfRow, sumsAt + i * product.columns());
        }
    }

    private void finishRows(int task, int worker) {
        finishRow(task * rowsPerTask, Math.min(product.rows(), (task + 1) * rowsPerTask), worker);
    }

    @Override
    public void columnSum(ColumnSum operation) {
        for (ColumnSum.Entry entry : operation.entries()) {
            column = entry;
            workers.run(ColumnSums.strips(entry), sumColumns);
        }
    }

    private void sumColumns(int task, int worker) {
        ColumnSums.run(column, task, chains[worker], loops);
    }

    @Override
    public void update(Update operation) {
        for (Update.Step each : operation.steps()) {
            step = each;
            boolean separable =
                    each.proximal() == null || each.proximal().map().coupling() == 1;
            int width = each.x().columns();
            rowsPerTask = separable ? GRAIN : Math.max(1, GRAIN / Math.max(1, width)) * width;
            workers.run((int) ((each.x().size() + rowsPerTask - 1) / Math.max(1, rowsPerTask)), stepRange);
        }
    }

    private void stepRange(int task, int worker) {
        long from = (long) task * rowsPerTask;
        rows[worker].step(step, from, (int) Math.min(rowsPerTask, step.x().size() - from));
    }

    @Override
    public void elementwise(Elementwise operation) {
        elementwise = operation;
        share(operation.v().rows(), operation.v().columns(), mapRows);
    }

    private void mapRows(int task, int worker) {
        int to = Math.min(elementwise.v().rows(), (task + 1) * rowsPerTask);
        for (int i = task * rowsPerTask; i < to; i++) {
            rows[worker].elementwise(elementwise, i);
        }
    }

    @Override
    public void reduce(Reduce operation) {
        reduction = operation;
        int count = operation.a().rows();
        if (rowSums.length < count) {
            rowSums = new double[count];
        }
        share(count, operation.a().columns(), reduceRows);
        HostSums.set(operation.into(), operation.slot(), sums[0].sumOf(rowSums, 0, count));
    }

    private void reduceRows(int task, int worker) {
        int to = Math.min(reduction.a().rows(), (task + 1) * rowsPerTask);
        for (int i = task * rowsPerTask; i < to; i++) {
            rowSums[i] = RowOperations.rowSum(reduction, i, sums[worker]);
        }
    }

    @Override
    public void powerIteration(PowerIteration operation) {
        matrixVector.iterate(operation, room(operation.a().columns()), sums[0]);
    }

    @Override
    public void copy(Copy operation) {
        System.arraycopy(
                array(operation.from()), start(operation.from()),
                array(operation.to()), start(operation.to()),
                (int) operation.from().size());
    }

    @Override
    public void unfold(Unfold operation) {
        unfold = operation;
        share(operation.images().rows() * operation.grid().down(), operation.grid().across() * operation.grid().patchSize(),
                unfoldRows);
    }

    private void unfoldRows(int task, int worker) {
        int count = unfold.images().rows() * unfold.grid().down();
        Patches.unfold(unfold, task * rowsPerTask, Math.min(count, (task + 1) * rowsPerTask));
    }

    @Override
    public void fold(Fold operation) {
        fold = operation;
        share(operation.images().rows() * operation.grid().height(),
                operation.grid().width() * operation.grid().channels(), foldRows);
    }

    private void foldRows(int task, int worker) {
        int count = fold.images().rows() * fold.grid().height();
        Patches.fold(fold, task * rowsPerTask, Math.min(count, (task + 1) * rowsPerTask));
    }

    /** Shares out rows in tasks of about {@link #GRAIN} elements. */
    private void share(int count, int width, Workers.Task task) {
        rowsPerTask = Math.max(1, GRAIN / Math.max(1, width));
        workers.run((count + rowsPerTask - 1) / rowsPerTask, task);
    }

    private float[] room(long length) {
        if (scratch.length < length) {
            scratch = new float[Math.toIntExact(length)];
        }
        return scratch;
    }

    @Override
    public void tvPdhg(TvPdhg operation) {
        iterations.run(operation);
    }
}
