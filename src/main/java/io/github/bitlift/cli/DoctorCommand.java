package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
        List<Finding> findings = new ArrayList<>(MachineChecks.all());
        findings.addAll(PlaceChecks.all());
        PrintWriter out = spec.commandLine().getOut();
        out.println("bitlift " + Version.text());
        ObjectNode report = Json.object().put("command", "doctor").put("version", Version.text());
        for (Finding finding : findings) {
            String state = finding.state().name().toLowerCase(Locale.ROOT);
            out.printf(Locale.ROOT, "%-8s %-19s %s%s%n", state, finding.what(), finding.found(),
                    finding.remedy().isEmpty() ? "" : " -> " + finding.remedy());
            report.withArray("findings").addObject().put("what", finding.what()).put("state", state)
                    .put("found", finding.found()).put("remedy", finding.remedy());
        }
        if (output.json != null) {
            Json.write(output.json, report);
        }
        return findings.stream().anyMatch(finding -> finding.state() == Finding.State.BROKEN)
                ? ExitCode.CHECK_FAILED
                : ExitCode.DONE;
    }
}
