package io.github.bitlift.cli;

import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Structure;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitlift describe}. */
@Command(
        name = "describe",
        header = "Shows the block operators K, M, V, W of an architecture, as text and as a picture.",
        description = {
            "Every network is N(y) = K u + d, M u = V z, z = σ(W u + b) (framework paper, eq. 3): the blocks of K, M, V and"
                    + " W make the architecture. Without a name: the list of architectures."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift describe",
            "  bitlift describe lista --widths 784,784,1024 --layers 5 --shared",
            "  bitlift describe primal-dual --png primal-dual.png --json primal-dual.json"
        })
final class DescribeCommand implements Callable<Integer> {
    private static final long MOST_PARAMETERS = Integer.MAX_VALUE - 8L;
    private static final int MOST_LAYERS = 1000;
    private static final int WIDEST = 20_000;

    @Parameters(arity = "0..1", paramLabel = "ARCHITECTURE", description = "One of the list.")
    private String name;

    @Option(names = "--widths", paramLabel = "N", split = ",", description = "Widths in the order that the list gives.")
    private List<Integer> widths;

    @Option(names = "--layers", paramLabel = "N",
            description = "Layers of resnet, lista, primal-dual and dual-forward-backward (default: 3).")
    private int layers = 3;

    @Option(names = "--activation", paramLabel = "NAME",
            description = "Where the architecture doesn't bring its own (default: relu).")
    private String activation = "relu";

    @Option(names = "--lambda", paramLabel = "X", description = "λ of thresholds and boxes, > 0 (default: 0.02).")
    private double lambda = 0.02;

    @Option(names = "--step", paramLabel = "X", description = "Where γ, τ and h start, > 0 (default: 0.5).")
    private double step = 0.5;

    @Option(names = "--shared", description = "All layers have the same parameters.")
    private boolean shared;

    @Option(names = "--png", paramLabel = "FILE", description = "Draw the blocks.")
    private Path png;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        if (png != null) {
            OutputOptions.requireWritable(png);
        }
        if (name == null) {
            list();
            return ExitCode.DONE;
        }
        Architecture architecture = architecture();
        try (Backend backend = new SizingBackend();
                var theta = architecture.parameters(backend);
                Network network = architecture.over(backend, theta)) {
            Description description = new Description(
                    name, Architectures.named(name).text(), theta.shapes(), network.depth(),
                    Structure.of(network, architecture.unknowns(network)));
            description.print(spec.commandLine().getOut());
            if (png != null) {
                description.draw(png);
            }
            if (output.json != null) {
                Json.write(output.json, description.json());
            }
        } catch (IllegalArgumentException problem) {
            throw new InputException(name + ": " + problem.getMessage(), problem);
        }
        return ExitCode.DONE;
    }

    private void list() {
        for (String each : Architectures.names()) {
            Architectures.Named named = Architectures.named(each);
            spec.commandLine().getOut().printf("%-26s --widths %-26s %s%n", each, String.join(",", named.widths()), named.text());
        }
    }

    private Architecture architecture() {
        if (layers < 1 || layers > MOST_LAYERS) {
            throw new InputException("--layers " + layers + ": expected 1 to " + MOST_LAYERS);
        }
        for (Integer width : widths == null ? List.<Integer>of() : widths) {
            if (width > WIDEST) {
                throw new InputException("--widths " + width + ": expected at most " + WIDEST);
            }
        }
        Values.positive("--lambda", lambda);
        Values.positive("--step", step);
        Architecture made = Architectures.make(
                name, new Architectures.Request(widths, layers, sigma(), (float) lambda, (float) step, shared, false, null));
        long count = made.shapes().stream().mapToLong(shape -> (long) shape.rows() * shape.columns()).sum();
        if (count > MOST_PARAMETERS) {
            throw new InputException(name + ": " + count + " parameters; expected fewer than 2^31");
        }
        return made;
    }

    private ProxMap sigma() {
        Choice.require("--activation", activation, ProxMaps.names());
        Map<String, Double> usual = Map.of("lambda", lambda, "ridge", 0.1, "lower", 0.0, "upper", 1.0, "group", 4.0);
        Map<String, Double> values = new LinkedHashMap<>();
        Activations.scalars(activation).forEach(scalar -> values.put(scalar, usual.get(scalar)));
        return Activations.make(activation, values);
    }
}
