package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reductions as launches. A program often has two per layer; those that follow each other and fill different slots share
 * their launches: one for all row sums without a prox map, one for those of each kind with the same kind of prox map, and one
 * for all totals.
 */
final class Reductions {
    private static final String STEM = "reduce";
    /** The host's side of ReduceEntry in {@code kernels/reduce.cuh}. */
    static final int ENTRY_BYTES = 64;
    /** In the order of ReduceKind in {@code kernels/reduce.cuh}; all other kinds have a kernel per prox map. */
    private static final List<Reduce.Kind> WITHOUT_MAP = List.of(
            Reduce.Kind.SQUARED_NORM, Reduce.Kind.SQUARED_DISTANCE, Reduce.Kind.DOT, Reduce.Kind.NONZEROS);

    /** Where a result goes. */
    private record Slot(Sums sums, int index) {}

    /** A kernel for row sums. */
    private record Kernel(String stem, String name) {}

    /** An operation and what its kernels read. */
    private record Entry(Reduce operation, Struct struct) {}

    private Reductions() {}

    /** The reductions from a place in a program on that can be planned together: none if there isn't one. */
    static List<Reduce> group(List<? extends Operation> operations, int from) {
        List<Reduce> group = new ArrayList<>();
        Set<Slot> filled = new HashSet<>();
        for (Operation operation : operations.subList(from, operations.size())) {
            // They write nothing but slots, which none of them reads: of two in the same slot the later one must stay.
            if (!(operation instanceof Reduce next) || !filled.add(new Slot(next.into(), next.slot()))) {
                break;
            }
            group.add(next);
        }
        return group;
    }

    /** Row sums into scratch memory, then their sums into the host's. */
    static void plan(Plan plan, List<Reduce> group) {
        Reduce first = group.get(0);
        plan.operation("reduce to " + group.size() + " sums, first " + name(first.kind())
                + (first.map() == null ? "" : " of " + first.map().stem()) + " " + first.a().shape());
        List<Entry> entries = group.stream().map(each -> new Entry(each, struct(plan, each))).toList();
        Map<Kernel, List<Entry>> launches = entries.stream().filter(entry -> entry.operation.a().rows() > 0)
                .collect(Collectors.groupingBy(entry -> kernel(entry.operation), LinkedHashMap::new, Collectors.toList()));
        launches.forEach((kernel, part) -> {
            int most = part.stream().mapToInt(entry -> entry.operation.a().rows()).max().orElseThrow();
            plan.launchForEach(kernel.stem, kernel.name, Grid.ofWarps(most, plan.device()), structs(part));
        });
        plan.launchForEach(STEM, "reduce_total", Grid.ofOneBlock(), structs(entries));
    }

    private static Kernel kernel(Reduce operation) {
        return WITHOUT_MAP.contains(operation.kind())
                ? new Kernel(STEM, "reduce_rows")
                : new Kernel(operation.map().stem(), operation.map().stem() + "_" + name(operation.kind()));
    }

    private static String name(Reduce.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static List<Struct> structs(List<Entry> entries) {
        return entries.stream().map(Entry::struct).toList();
    }

    private static Struct struct(Plan plan, Reduce operation) {
        Operands operands = plan.operands();
        MapParameters parameters = MapParameters.of(operands, operation.map());
        int rows = operation.a().rows();
        return new Struct()
                .put(operands.at("reduce: a", operation.a()))
                .put(operands.at("reduce: b", operation.kind().isPair() ? operation.b() : null))
                .put(plan.scratch(8L * rows))
                .put(operands.at("reduce: result", operation.into()))
                .put((long) rows)
                .put(operation.a().columns())
                .put(operation.slot())
                .put(WITHOUT_MAP.indexOf(operation.kind()))
                .put(parameters.first())
                .put(parameters.second())
                .ofSize(ENTRY_BYTES);
    }
}
