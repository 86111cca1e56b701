package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.catalogue.Case;
import io.github.bitlift.catalogue.Catalogue;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitlift verify}. */
@Command(
        name = "verify",
        description = {
            "Runs the catalogue of cases on a backend and compares every number with the reference, bit for bit.",
            "Ends with exit code 1 if one bit differs."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift verify",
            "  bitlift verify --backend cpu --threads 1 --operation product"
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private BackendOptions backendOptions;

    @Option(names = "--operation", paramLabel = "NAME", order = 100,
            description = "Only the cases of one operation, for example product or soft_threshold.")
    private String operation;

    @Option(names = "--repeat", paramLabel = "N", order = 101, defaultValue = "3",
            description = "How often each case runs (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    /** What was found for one operation. */
    private static final class Tally {
        private int cases;
        private long compared;
        private long differing;
        private Case.Result first;

        void add(Case.Result result) {
            compared += result.compared();
            differing += result.differing();
            if (first == null && !result.agrees()) {
                first = result;
            }
        }
    }

    @Override
    public Integer call() {
        output.check();
        Values.atLeast("--repeat", repeat, 1);
        List<Case> cases = Catalogue.cases();
        if (operation != null) {
            Choice.require("--operation", operation, cases.stream().map(Case::operation).distinct().toList());
            cases = cases.stream().filter(each -> each.operation().equals(operation)).toList();
        }
        try (Backends opened = Backends.open(backendOptions, output.remarks(spec));
                Backend reference = new ReferenceBackend()) {
            return report(run(cases, reference, opened.backend()), opened);
        }
    }

    private Map<String, Tally> run(List<Case> cases, Backend reference, Backend backend) {
        Map<String, Tally> tallies = new LinkedHashMap<>();
        for (Case each : cases) {
            Tally tally = tallies.computeIfAbsent(each.operation(), name -> new Tally());
            tally.cases++;
            long[][] expected = each.outcome(reference);
            for (int i = 0; i < repeat; i++) {
                tally.add(each.verify(expected, backend, 1));
            }
        }
        return tallies;
    }

    private int report(Map<String, Tally> tallies, Backends opened) {
        PrintWriter out = spec.commandLine().getOut();
        String row = "%-22s %8s %14s %12s%n";
        out.printf(Locale.ROOT, row, "operation", "cases", "numbers", "differing");
        ObjectNode json = Json.object().put("command", "verify").put("backend", opened.backend().name())
                .put("threads", opened.threads()).put("repeat", repeat);
        Tally all = new Tally();
        tallies.forEach((name, tally) -> {
            out.printf(Locale.ROOT, row, name, tally.cases, tally.compared, tally.differing);
            all.cases += tally.cases;
            all.compared += tally.compared;
            all.differing += tally.differing;
            json.withArray("operations").addObject().put("operation", name).put("cases", tally.cases)
                    .put("compared", tally.compared).put("differing", tally.differing)
                    .put("first", tally.first == null ? null : describe(tally.first));
        });
        out.printf(Locale.ROOT, row, "all", all.cases, all.compared, all.differing);
        json.put("cases", all.cases).put("compared", all.compared).put("differing", all.differing);
        tallies.values().stream().filter(tally -> tally.first != null)
                .forEach(tally -> out.println("first difference: " + describe(tally.first)));
        out.println(all.differing == 0
                ? opened.backend().name() + " (" + opened.backend().description() + ") gives the reference's bits"
                : all.differing + " numbers differ from the reference");
        if (output.json != null) {
            Json.write(output.json, json);
        }
        return all.differing == 0 ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    private static String describe(Case.Result result) {
        return result.which().operation() + ", " + result.which().name() + ": " + result.first();
    }
}
