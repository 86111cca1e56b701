package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;

/** The results of {@code bitlift verify} as a table and as JSON. */
final class VerifyReport {
    private static final String ROW = "%-22s %8s %14s %12s%n";

    private final Verification verification;
    private final Backends opened;

    VerifyReport(Verification verification, Backends opened) {
        this.verification = verification;
        this.opened = opened;
    }

    /** The table, then what differs first in each operation and how to repeat it. */
    void print(PrintWriter out) {
        out.printf(Locale.ROOT, ROW, "operation", "cases", "numbers", "differing");
        verification.operations().forEach((name, tally) -> row(out, name, tally));
        Verification.Tally all = verification.all();
        row(out, "all", all);
        if (opened.isEmulated()) {
            verification.orders().forEach((order, tally) -> out.printf(
                    Locale.ROOT, "order %-10s %d of %d numbers differ%n", order, tally.differing(), tally.compared()));
        }
        for (Verification.Difference each : verification.differences()) {
            out.println("first difference: " + each.result().text());
            out.println("  made of: " + each.result().which().description());
            out.println("  repeat: " + each.command());
        }
        String name = opened.backend().name()
                + (opened.isEmulated() ? " on the emulated driver" : " (" + opened.description() + ")");
        out.println(all.differing() == 0 ? name + " gives the reference's bits"
                : all.differing() + " numbers of " + name + " differ from the reference");
    }

    private static void row(PrintWriter out, String name, Verification.Tally tally) {
        out.printf(Locale.ROOT, ROW, name, tally.cases(), tally.compared(), tally.differing());
    }

    /** The same with all that is needed to repeat it. */
    ObjectNode json(VerifyOptions options) {
        ObjectNode json = opened.describe(Json.object().put("command", "verify")).put("repeat", options.repeat());
        if (options.isFuzz()) {
            json.put("seed", options.seed());
        }
        verification.operations().forEach((name, tally) -> counts(json.withArray("operations").addObject()
                .put("operation", name), tally).put("first", first(tally)).put("repeat_with", repeat(tally)));
        if (opened.isEmulated()) {
            verification.orders().forEach((order, tally) -> json.withArray("orders").addObject().put("order", order)
                    .put("compared", tally.compared()).put("differing", tally.differing()).put("first", first(tally)));
        }
        return counts(json, verification.all());
    }

    private static ObjectNode counts(ObjectNode json, Verification.Tally tally) {
        return json.put("cases", tally.cases()).put("compared", tally.compared()).put("differing", tally.differing());
    }

    private static String first(Verification.Tally tally) {
        return tally.first() == null ? null : tally.first().result().text();
    }

    private static String repeat(Verification.Tally tally) {
        return tally.first() == null ? null : tally.first().command();
    }
}
