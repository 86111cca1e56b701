package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.bench.Ceilings;
import io.github.bitlift.bench.KernelBench;
import io.github.bitlift.bench.Measurement;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;

/** What {@code bitlift bench} says, as a table and as JSON. */
final class BenchReport {
    private static final String ROW = "%-58s %10s %7s %10s %9s %9s  %s%n";

    private final Backends opened;
    private final KernelBench.Results results;

    BenchReport(Backends opened, KernelBench.Results results) {
        this.opened = opened;
        this.results = results;
    }

    /** A line per case: median time, (most − least)/median, rates, share of what the ceilings allow. */
    void print(PrintWriter out) {
        Ceilings ceilings = results.ceilings();
        out.println("device: " + opened.backend().name() + ", " + opened.description());
        out.printf(Locale.ROOT, "ceilings: %.1f GB/s (copy), %s%n", ceilings.bytesPerSecond() * 1e-9,
                ceilings.flopsPerSecond().isPresent()
                        ? String.format(Locale.ROOT, "%.1f GFLOP/s (fused multiply-adds)",
                                ceilings.flopsPerSecond().getAsDouble() * 1e-9)
                        : "arithmetic not known: no shares");
        out.println("A case whose operands fit into a cache may move more bytes per second than a large copy.");
        out.printf(Locale.ROOT, ROW, "case", "time", "spread", "GFLOP/s", "GB/s", "roofline", "bound");
        for (Measurement each : results.measurements()) {
            OptionalDouble share = share(each);
            String bound = ceilings.bound(each.work());
            out.printf(Locale.ROOT, ROW, each.name(), time(each.timing().seconds()),
                    String.format(Locale.ROOT, "%.0f %%%s", 100 * spread(each), each.timing().isUnsteady() ? "*" : ""),
                    String.format(Locale.ROOT, "%.1f", each.gigaflops()),
                    String.format(Locale.ROOT, "%.1f", each.gigabytes()),
                    share.isPresent() ? String.format(Locale.ROOT, "%.0f %%", 100 * share.getAsDouble()) : "-",
                    bound == null ? "-" : bound);
        }
        if (results.measurements().stream().anyMatch(each -> each.timing().isUnsteady())) {
            out.println("* unsteady: the 90th percentile is more than 1.5 times the median; other work disturbed it, so measure"
                    + " again on an idle machine.");
        }
    }

    /** The same in full, times in seconds. */
    ObjectNode json(boolean quick) {
        Ceilings ceilings = results.ceilings();
        ObjectNode json = Json.object().put("command", "bench").put("version", Version.text())
                .put("backend", opened.backend().name()).put("device", opened.description())
                .put("threads", opened.threads()).put("quick", quick)
                .put("bytes_per_second", ceilings.bytesPerSecond());
        json.set("flops_per_second", Json.number(orNull(ceilings.flopsPerSecond())));
        for (Measurement each : results.measurements()) {
            ObjectNode node = json.withArray("cases").addObject().put("name", each.name())
                    .put("seconds", each.timing().seconds()).put("least", each.timing().low())
                    .put("most", each.timing().high()).put("samples", each.timing().samples())
                    .put("ninetieth", each.timing().ninetieth()).put("unsteady", each.timing().isUnsteady())
                    .put("replays", each.timing().replays()).put("flops", each.work().flops())
                    .put("bytes", each.work().bytes()).put("gigaflops_per_second", each.gigaflops())
                    .put("gigabytes_per_second", each.gigabytes()).put("bound", ceilings.bound(each.work()));
            node.set("roofline", Json.number(orNull(share(each))));
        }
        return json;
    }

    private OptionalDouble share(Measurement each) {
        OptionalDouble floor = results.ceilings().floor(each.work());
        return floor.isEmpty() ? floor : OptionalDouble.of(floor.getAsDouble() / each.timing().seconds());
    }

    private static double spread(Measurement each) {
        return (each.timing().high() - each.timing().low()) / each.timing().seconds();
    }

    private static Double orNull(OptionalDouble value) {
        return value.isPresent() ? (Double) value.getAsDouble() : null;
    }

    private static String time(double seconds) {
        if (seconds < 1e-3) {
            return String.format(Locale.ROOT, "%.2f us", seconds * 1e6);
        }
        return seconds < 1
                ? String.format(Locale.ROOT, "%.3f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.3f s", seconds);
    }
}
