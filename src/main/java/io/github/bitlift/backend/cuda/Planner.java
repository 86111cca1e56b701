package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import java.util.List;
import java.util.stream.Collectors;

/** Adds operations to a plan, one after the other; reductions and power iterations in groups. */
final class Planner implements Kernels {
    private static final int COLUMN_SUM_BYTES = 32;

    private final Plan plan;

    private Planner(Plan plan) {
        this.plan = plan;
    }

    static void plan(Plan plan, List<Operation> operations) {
        Planner planner = new Planner(plan);
        for (int i = 0; i < operations.size(); ) {
            i += planner.planFrom(operations, i);
        }
    }

    /** Plans what stands at a place in a program, with what can be planned together with it; how many operations it was. */
    private int planFrom(List<Operation> operations, int at) {
        List<PowerIteration> powers = PowerIterations.group(operations, at);
        if (!powers.isEmpty()) {
            PowerIterations.plan(plan, powers);
            return powers.size();
        }
        List<Reduce> reductions = Reductions.group(operations, at);
        if (!reductions.isEmpty()) {
            Reductions.plan(plan, reductions);
            return reductions.size();
        }
        operations.get(at).on(this);
        return 1;
    }

    @Override
    public void product(Product operation) {
        plan.operation("product of " + operation.rows().size() + " rows"
                + operation.rows().stream().limit(1)
                        .map(row -> ", first [" + row.rows() + ", " + row.columns() + "]").collect(Collectors.joining()));
        Products.plan(plan, operation);
    }

    @Override
    public void columnSum(ColumnSum operation) {
        List<ColumnSum.Entry> entries = operation.entries().stream().filter(entry -> entry.in().columns() > 0).toList();
        plan.operation("column sum of " + operation.entries().size() + " matrices"
                + (entries.isEmpty() ? "" : ", first " + entries.get(0).in().shape()));
        int widest = entries.stream().mapToInt(entry -> entry.in().columns()).max().orElse(0);
        plan.launchForEach("column_sum", "column_sum", Grid.ofTiles(widest, plan.device()),
                entries.stream().map(this::struct).toList());
    }

    private Struct struct(ColumnSum.Entry entry) {
        return new Struct()
                .put(plan.operands().at("column sum: in", entry.in()))
                .put(plan.operands().at("column sum: out", entry.out()))
                .put((long) entry.in().rows())
                .put(entry.in().columns())
                .put(entry.scale())
                .ofSize(COLUMN_SUM_BYTES);
    }

    @Override
    public void update(Update operation) {
        plan.operation("update of " + operation.steps().size() + " blocks"
                + (operation.steps().isEmpty() ? "" : ", first " + operation.steps().get(0).x().shape()));
        Updates.plan(plan, operation);
    }

    @Override
    public void elementwise(Elementwise operation) {
        Matrix v = operation.v();
        String kernel = MapLaunch.kernel(operation.map(), operation.kind());
        plan.operation(kernel + " " + v.shape());
        Value from = plan.operands().at(kernel + ": v", v);
        boolean pair = operation.kind() == Elementwise.Kind.RESIDUAL || operation.kind() == Elementwise.Kind.PULLBACK;
        Value other = plan.operands().at(kernel + ": w", pair ? operation.w() : null);
        Value to = plan.operands().at(kernel + ": out", operation.out());
        if (v.size() > 0) {
            MapLaunch.add(plan, new RowTask.Mapped(
                    operation.map(), operation.kind(), operation.weight(), v.rows(), v.columns(), from, other, to));
        }
    }

    @Override
    public void reduce(Reduce operation) {
        Reductions.plan(plan, List.of(operation));
    }

    @Override
    public void powerIteration(PowerIteration operation) {
        PowerIterations.plan(plan, List.of(operation));
    }

    @Override
    public void copy(Copy operation) {
        plan.operation("copy " + operation.from().shape());
        var from = plan.operands().pointer("copy: from", operation.from());
        var to = plan.operands().pointer("copy: to", operation.to());
        if (operation.from().size() > 0) {
            plan.copy(to, from, 4 * operation.from().size());
        }
    }

    @Override
    public void tvPdhg(TvPdhg operation) {
        plan.operation("TV of " + operation.x().rows() + " images of " + operation.height() + " x " + operation.width());
        TvIterations.plan(plan, operation);
    }

    @Override
    public void unfold(Unfold operation) {
        patches("unfold", operation.grid(), operation.images(), operation.patches());
    }

    @Override
    public void fold(Fold operation) {
        patches("fold", operation.grid(), operation.patches(), operation.images());
    }

    /** One thread per number of the result; both kernels take the same parameters. */
    private void patches(String kernel, PatchGrid grid, Matrix in, Matrix out) {
        plan.operation(kernel + " " + grid.text() + ", " + out.shape());
        Value from = plan.operands().at(kernel + ": in", in);
        Value to = plan.operands().at(kernel + ": out", out);
        if (out.size() > 0) {
            plan.launch(kernel, kernel, Grid.ofElements(out.size(), plan.device()), Value.of(out.size()),
                    Value.of(grid.height()), Value.of(grid.width()), Value.of(grid.channels()), Value.of(grid.kernel()),
                    Value.of(grid.stride()), Value.of(grid.padding()), Value.of(grid.down()), Value.of(grid.across()), from, to);
        }
    }
}
