package io.github.bitlift.cli;

import io.github.bitlift.bench.KernelBench;
import io.github.bitlift.io.InputException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitlift bench}. */
@Command(
        name = "bench",
        description = {
            "Times a backend's kernels and training steps, and says which share of the machine's own speed they reach.",
            "The machine's two ceilings, a large copy and a loop of fused multiply-adds (on a GPU: its clock times its"
                    + " arithmetic units), are taken in the same run. An emulated device is refused."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift bench --quick",
            "  bitlift bench --filter product/forward --threads 1",
            "  bitlift bench --backend cuda --json bench.json"
        })
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private BackendOptions backendOptions;

    @Option(names = "--filter", paramLabel = "TEXT", order = 100, defaultValue = "",
            description = "Only cases whose name contains TEXT, for example product/adjoint or adam.")
    private String filter;

    @Option(names = "--quick", order = 101,
            description = "At most 512 samples, fewer and shorter measurements.")
    private boolean quick;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        if ("emulated".equals(backendOptions.device)) {
            throw new InputException("bench: --device emulated: its times mean nothing; expected a real device");
        }
        List<String> names = KernelBench.names(filter, quick);
        if (names.isEmpty()) {
            throw new InputException("--filter " + filter + ": no case's name contains it; expected part of a name such as "
                    + KernelBench.names("", quick).get(0));
        }
        PrintWriter remarks = output.remarks(spec);
        try (Backends opened = Backends.open(backendOptions, remarks)) {
            int[] begun = {0};
            KernelBench.Results results = KernelBench.run(opened.backend(), filter, quick,
                    name -> remarks.println(begun[0]++ + " of " + names.size() + ": " + name));
            BenchReport report = new BenchReport(opened, results);
            report.print(spec.commandLine().getOut());
            if (output.json != null) {
                Json.write(output.json, report.json(quick));
            }
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
        return ExitCode.DONE;
    }
}
