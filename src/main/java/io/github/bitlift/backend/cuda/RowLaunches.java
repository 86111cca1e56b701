package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.cuda.RowTask.Kernel;
import io.github.bitlift.backend.cuda.RowTask.Layout;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tasks of block rows as launches: the first tasks of all rows, then the second ones, and so on, one launch per kernel. */
final class RowLaunches {
    private final Plan plan;
    private final Map<Kernel, List<ProductRow>> rows = new LinkedHashMap<>();
    private final List<RowTask.Stepped> steps = new ArrayList<>();

    private RowLaunches(Plan plan) {
        this.plan = plan;
    }

    static void add(Plan plan, List<List<RowTask>> tasks) {
        int stages = tasks.stream().mapToInt(List::size).max().orElse(0);
        for (int s = 0; s < stages; s++) {
            RowLaunches stage = new RowLaunches(plan);
            for (List<RowTask> ofRow : tasks) {
                if (s < ofRow.size()) {
                    stage.take(ofRow.get(s));
                }
            }
            stage.launch();
        }
    }

    private void take(RowTask task) {
        if (task instanceof RowTask.Rows product) {
            rows.computeIfAbsent(product.kernel(), none -> new ArrayList<>()).add(product.row());
        } else if (task instanceof RowTask.Stepped stepped) {
            steps.add(stepped);
        } else if (task instanceof RowTask.Mapped mapped) {
            MapLaunch.add(plan, mapped);
        } else if (task instanceof RowTask.Transposed transposed) {
            long elements = (long) transposed.rows() * transposed.columns();
            plan.launch("transpose", "transpose", Grid.ofElements(elements, plan.device()), Value.of(transposed.rows()),
                    Value.of(transposed.columns()), transposed.in(), transposed.out());
        }
    }

    /**
     * Forward products of the identity join another map's launch: most networks end in a linear layer. Not that of a map whose
     * parameter is an address, which kernels follow before they know whether a row is linear.
     */
    private void joinLinear() {
        Kernel linear = new Kernel(new Identity().stem(), Layout.NT);
        Optional<Kernel> host = rows.keySet().stream()
                .filter(kernel -> kernel.layout() == Layout.NT && !kernel.stem().isEmpty() && !kernel.equals(linear)
                        && !kernel.stem().equals(LearnedThreshold.STEM))
                .findFirst();
        if (host.isPresent() && rows.containsKey(linear)) {
            rows.get(host.get()).addAll(rows.remove(linear));
        }
    }

    private void launch() {
        joinLinear();
        rows.forEach((kernel, list) -> {
            if (kernel.layout() == Layout.NONE) {
                epilogues(list);
            } else {
                products(kernel, list);
            }
        });
        Updates.launch(plan, steps);
    }

    private void products(Kernel kernel, List<ProductRow> list) {
        TileChoice tile = TileChoice.of(list, plan.device());
        List<Struct> structs = new ArrayList<>();
        long tiles = 0;
        for (ProductRow row : list) {
            structs.add(row.struct((int) tiles));
            tiles += tile.count(row);
            if (tiles > Integer.MAX_VALUE) {
                throw new BackendException("product: " + tiles + " tiles of " + tile.height() + "x" + tile.width()
                        + " in one launch, expected at most " + Integer.MAX_VALUE + "; a batch of fewer images would do");
            }
        }
        String stem = kernel.stem().isEmpty() ? "product" : kernel.stem();
        String name = (kernel.stem().isEmpty() ? "" : stem + "_") + "product_"
                + kernel.layout().name().toLowerCase(Locale.ROOT) + tile.suffix();
        Grid grid = new Grid((int) tiles, 1, tile.threads(), 1);
        plan.launch(stem, name, grid, plan.descriptors(structs), Value.of(list.size()));
    }

    private void epilogues(List<ProductRow> list) {
        long largest = list.stream().mapToLong(row -> (long) row.rows() * row.columns()).max().orElseThrow();
        plan.launchForEach("epilogue", "epilogue", Grid.ofElements(largest, plan.device()),
                list.stream().map(row -> row.struct(0)).toList());
    }
}
