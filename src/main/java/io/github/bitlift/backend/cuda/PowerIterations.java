package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PowerIteration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Power iterations as launches. A program often has one per layer, each of them a chain of small kernels; those that follow
 * each other, take the same number of iterations and don't touch each other's memory share their launches.
 */
final class PowerIterations {
    private static final String STEM = "power_iteration";
    /** The host's side of PowerRow in {@code kernels/power_iteration.cu}. */
    static final int ROW_BYTES = 88;
    /** Enough for any network, and few enough to compare all with each other. */
    private static final int MOST = 256;

    private PowerIterations() {}

    /** The power iterations from a place in a program on that can be planned together: none if there isn't one. */
    static List<PowerIteration> group(List<? extends Operation> operations, int from) {
        List<PowerIteration> group = new ArrayList<>();
        for (Operation operation : operations.subList(from, Math.min(operations.size(), from + MOST))) {
            if (!(operation instanceof PowerIteration next)
                    || !group.stream().allMatch(each -> each.iterations() == next.iterations() && areApart(each, next))) {
                break;
            }
            group.add(next);
        }
        return group;
    }

    private static boolean areApart(PowerIteration a, PowerIteration b) {
        return written(a).noneMatch(result -> used(b).anyMatch(result::overlaps))
                && written(b).noneMatch(result -> used(a).anyMatch(result::overlaps))
                && (a.norm() != b.norm() || a.slot() != b.slot());
    }

    private static Stream<Matrix> written(PowerIteration operation) {
        Stream<Matrix> vectors = Stream.of(operation.x(), operation.y());
        return operation.step() == null ? vectors : Stream.concat(vectors, Stream.of(operation.step()));
    }

    private static Stream<Matrix> used(PowerIteration operation) {
        return Stream.concat(written(operation), Stream.of(operation.a()));
    }

    /** Adds a group's launches to a plan. */
    static void plan(Plan plan, List<PowerIteration> group) {
        PowerIteration first = group.get(0);
        plan.operation("power iteration of " + group.size() + " matrices, first " + first.a().shape() + ", "
                + first.iterations() + " iterations");
        Value rows = plan.descriptors(group.stream().map(each -> struct(plan, each)).toList());
        Grid ofRows = tiles(plan, group, Matrix::rows);
        Grid ofColumns = tiles(plan, group, Matrix::columns);
        Grid ofWarps = Grid.ofOneWarp().times(group.size());
        for (int iteration = 0; iteration < first.iterations(); iteration++) {
            plan.launch(STEM, "power_apply", ofRows, rows);
            plan.launch(STEM, "power_adjoint", ofColumns, rows);
            plan.launch(STEM, "power_normalise", ofWarps, rows);
        }
        plan.launch(STEM, "power_apply", ofRows, rows);
        plan.launch(STEM, "power_finish", ofWarps, rows);
    }

    private static Grid tiles(Plan plan, List<PowerIteration> group, ToIntFunction<Matrix> results) {
        int most = group.stream().mapToInt(each -> results.applyAsInt(each.a())).max().orElseThrow();
        return Grid.ofTiles(most, plan.device()).times(group.size());
    }

    private static Struct struct(Plan plan, PowerIteration operation) {
        Matrix a = operation.a();
        Operands operands = plan.operands();
        return new Struct()
                .put(operands.at("power iteration: a", a))
                .put(operands.at("power iteration: x", operation.x()))
                .put(operands.at("power iteration: y", operation.y()))
                .put(plan.scratch(4L * a.columns()))
                .put(operands.at("power iteration: norm", operation.norm()))
                .put(operands.at("power iteration: step", operation.step()))
                .put(Value.of(operation.numerator()))
                .put(Value.of(operation.scale()))
                .put(Value.of(operation.shift()))
                .put(operation.slot())
                .put(a.rows())
                .put(a.columns())
                .ofSize(ROW_BYTES);
    }
}
