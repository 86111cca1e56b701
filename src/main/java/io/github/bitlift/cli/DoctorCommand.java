package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitlift doctor}. */
@Command(
        name = "doctor",
        header = "Says what works on this machine, what doesn't, and what to do about it.",
        description = {
            "Exit code 1 if something is broken; what is merely missing is not needed for training on the CPU."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  bitlift doctor", "  bitlift doctor --json doctor.json"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        List<Finding> findings = findings();
        PrintWriter out = spec.commandLine().getOut();
        out.println("bitlift " + Version.text());
        for (Finding finding : findings) {
            out.println(padded(state(finding), 8) + " " + padded(finding.what(), 19) + " " + finding.found()
                    + (finding.remedy().isEmpty() ? "" : " -> " + finding.remedy()));
        }
        if (output.json != null) {
            Json.write(output.json, report(findings));
        }
        return findings.stream().anyMatch(finding -> finding.state() == Finding.State.BROKEN)
                ? ExitCode.CHECK_FAILED
                : ExitCode.DONE;
    }

    /** The checks of the disk take as long as those of the machine, and run beside them. */
    private static List<Finding> findings() {
        CompletableFuture<List<Finding>> places = CompletableFuture.supplyAsync(PlaceChecks::all);
        List<Finding> findings = new ArrayList<>(MachineChecks.all());
        findings.addAll(places.join());
        return findings;
    }

    private static ObjectNode report(List<Finding> findings) {
        ObjectNode report = Json.object().put("command", "doctor").put("version", Version.text());
        for (Finding finding : findings) {
            report.withArray("findings").addObject().put("what", finding.what()).put("state", state(finding))
                    .put("found", finding.found()).put("remedy", finding.remedy());
        }
        return report;
    }

    private static String state(Finding finding) {
        return finding.state().name().toLowerCase(Locale.ROOT);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
