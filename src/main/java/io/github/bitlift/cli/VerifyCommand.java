package io.github.bitlift.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitlift verify}. */
@Command(
        name = "verify",
        description = {
            "Runs the catalogue of cases, or random ones, on a backend and compares every number with the",
            "reference, bit for bit. Ends with exit code 1 if one bit differs."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift verify",
            "  bitlift verify --backend cpu --threads 1 --operation product",
            "  bitlift verify --backend cuda --device emulated",
            "  bitlift verify --fuzz 2000 --seed 7",
            "",
            "A case that differs is printed with the command that repeats it."
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerifyOptions options;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        Backends.check(backendOptions);
        options.check(backendOptions);
        PrintWriter remarks = output.remarks(spec);
        try (Backends opened = Backends.open(backendOptions, options.orders(backendOptions), remarks)) {
            Verification verification = new Verification(options, backendOptions);
            try (Progress progress = Progress.of("verify", "case", 0, options.count(), remarks, output.quiet)) {
                verification.run(opened.backend(), progress);
            }
            return report(verification, opened);
        }
    }

    private int report(Verification verification, Backends opened) {
        VerifyReport report = new VerifyReport(verification, opened);
        report.print(spec.commandLine().getOut());
        if (output.json != null) {
            Json.write(output.json, report.json(options));
        }
        if (verification.all().differing() != 0) {
            return ExitCode.CHECK_FAILED;
        }
        if (options.golden() != null) {
            verification.golden().write(options.golden());
        }
        return ExitCode.DONE;
    }
}
