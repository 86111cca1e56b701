package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.RowOperations;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThresholding;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the operations of one program ready: how they are shared out is chosen once, and a replay makes no object. The order
 * within every element is the reference's.
 */
final class CpuKernels implements Kernels {
    /** What a map with exponentials takes beside one that compares, at least. */
    private static final int SLOW_MAP = 16;

    private final Crew crew;
    private final Products products;
    private final MatrixVector matrixVector;
    private final TvIterations iterations;
    private final List<Runnable> steps = new ArrayList<>();
    private float[] scratch = {};
    private double[] rowSums = {};

    CpuKernels(Crew crew, Products products, MatrixVector matrixVector, TvIterations iterations) {
        this.crew = crew;
        this.products = products;
        this.matrixVector = matrixVector;
        this.iterations = iterations;
    }

    /** Makes an operation ready, behind word to all that its buffers' contents will change. */
    void add(Operation operation) {
        HostBuffer[] changed = HostBuffer.changedBy(operation);
        steps.add(() -> {
            for (HostBuffer buffer : changed) {
                buffer.changes();
            }
        });
        operation.on(this);
    }

    /** What was made ready, in order. */
    Runnable[] steps() {
        return steps.toArray(new Runnable[0]);
    }

    private static int weight(ProxMap map) {
        return map instanceof Relu || map instanceof SoftThresholding || map instanceof Identity ? 1 : SLOW_MAP;
    }

    @Override
    public void product(Product operation) {
        steps.add(products.of(operation));
    }

    @Override
    public void columnSum(ColumnSum operation) {
        List<ColumnSum.Entry> entries = new ArrayList<>();
        List<Integer> strips = new ArrayList<>();
        long elements = 0;
        for (ColumnSum.Entry entry : operation.entries()) {
            elements += entry.in().size();
            for (int strip = 0; strip < ColumnSums.strips(entry); strip++) {
                entries.add(entry);
                strips.add(strip);
            }
        }
        ColumnSum.Entry[] of = entries.toArray(new ColumnSum.Entry[0]);
        int[] strip = strips.stream().mapToInt(Integer::intValue).toArray();
        steps.add(crew.tasks(of.length, elements, (task, worker) ->
                ColumnSums.run(of[task], strip[task], crew.chains[worker], crew.loops)));
    }

    @Override
    public void update(Update operation) {
        operation.steps().forEach(this::step);
    }

    /** Rows of a block or, where neighbours don't depend on each other, pieces of it. */
    private void step(Update.Step step) {
        boolean separable = step.proximal() == null || step.proximal().map().coupling() == 1;
        int size = Math.toIntExact(step.x().size());
        int width = separable ? Math.min(Crew.BLOCK, Math.max(1, size)) : Math.max(1, step.x().columns());
        int weight = step.proximal() == null ? 1 : weight(step.proximal().map());
        steps.add(crew.ranges((size + width - 1) / width, width, weight, (from, to, worker) ->
                crew.rows[worker].step(step, (long) from * width, (int) Math.min(size, (long) to * width) - from * width)));
    }

    @Override
    public void elementwise(Elementwise operation) {
        steps.add(crew.ranges(operation.v().rows(), operation.v().columns(), weight(operation.map()), (from, to, worker) ->
                crew.rows[worker].elementwise(operation, from, to - from)));
    }

    @Override
    public void reduce(Reduce operation) {
        int count = operation.a().rows();
        if (rowSums.length < count) {
            rowSums = new double[count];
        }
        int weight = operation.map() == null ? 1 : SLOW_MAP;
        Runnable rows = crew.ranges(count, operation.a().columns(), weight, (from, to, worker) -> {
            for (int i = from; i < to; i++) {
                rowSums[i] = RowOperations.rowSum(operation, i, crew.sums[worker]);
            }
        });
        steps.add(() -> {
            rows.run();
            HostSums.set(operation.into(), operation.slot(), crew.sums[0].sumOf(rowSums, 0, count));
        });
    }

    @Override
    public void powerIteration(PowerIteration operation) {
        if (scratch.length < operation.a().columns()) {
            scratch = new float[operation.a().columns()];
        }
        steps.add(() -> matrixVector.iterate(operation, scratch, crew.sums[0]));
    }

    @Override
    public void copy(Copy operation) {
        int size = (int) operation.from().size();
        steps.add(() -> System.arraycopy(
                array(operation.from()), start(operation.from()), array(operation.to()), start(operation.to()), size));
    }

    @Override
    public void unfold(Unfold operation) {
        int width = operation.grid().across() * operation.grid().patchSize();
        steps.add(crew.ranges(operation.images().rows() * operation.grid().down(), width, 1, (from, to, worker) ->
                Patches.unfold(operation, from, to)));
    }

    @Override
    public void fold(Fold operation) {
        int width = operation.grid().width() * operation.grid().channels();
        steps.add(crew.ranges(operation.images().rows() * operation.grid().height(), width, 1, (from, to, worker) ->
                Patches.fold(operation, from, to)));
    }

    @Override
    public void tvPdhg(TvPdhg operation) {
        steps.add(() -> iterations.run(operation));
    }
}
