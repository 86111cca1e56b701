package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.cli.Architectures.Family;
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
import java.util.function.Predicate;
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
    private static final int WIDEST = 20_000;
    private static final int LAYERS = 3;
    private static final double LAMBDA = 0.02;
    private static final double STEP = 0.5;
    private static final String ACTIVATION = "relu";
    /** Options that make sense with one architecture alone. */
    private static final List<String> OF_ONE =
            List.of("--png", "--widths", "--layers", "--activation", "--lambda", "--step", "--shared");

    @Parameters(arity = "0..1", paramLabel = "ARCHITECTURE", description = "One of the list.")
    private String name;

    @Option(names = "--widths", paramLabel = "N", split = ",", description = "Widths in the order that the list gives.")
    private List<Integer> widths;

    @Option(names = "--layers", paramLabel = "N",
            description = "Layers of resnet, lista, primal-dual and dual-forward-backward (default: 3).")
    private Integer layers;

    @Option(names = "--activation", paramLabel = "NAME",
            description = "Where the architecture doesn't bring its own (default: relu).")
    private String activation;

    @Option(names = "--lambda", paramLabel = "X", description = "λ of thresholds and boxes, > 0 (default: 0.02).")
    private Double lambda;

    @Option(names = "--step", paramLabel = "X", description = "Where γ, τ and h of those start, > 0; lista's thresholds are γλ (default: 0.5).")
    private Double step;

    @Option(names = "--shared", description = "All layers of lista, primal-dual and dual-forward-backward have the same"
            + " parameters.")
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
        if (name == null) {
            list();
            return ExitCode.DONE;
        }
        if (png != null) {
            OutputOptions.requireWritable(png);
            Graphics.require("--png " + png, "use the full build, or --json");
        }
        refuseUnused(Architectures.named(name).family());
        Architecture architecture = architecture();
        try (Backend backend = new SizingBackend();
                var theta = architecture.parameters(backend);
                Network network = architecture.over(backend, theta)) {
            Description description = new Description(
                    name, Architectures.named(name).text(), theta.shapes(), network.depth(),
                    Structure.of(network, architecture.unknowns(network)));
            if (png != null) {
                description.draw(png);
            }
            description.print(spec.commandLine().getOut());
            if (output.json != null) {
                Json.write(output.json, description.json());
            }
        } catch (IllegalArgumentException problem) {
            throw new InputException(name + ": " + problem.getMessage(), problem);
        }
        return ExitCode.DONE;
    }

    private void list() {
        for (String option : OF_ONE) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new InputException("describe " + option + ": which architecture? expected "
                        + Choice.list(Architectures.names()));
            }
        }
        ObjectNode report = Json.object().put("command", "describe").put("version", Version.text());
        for (String each : Architectures.names()) {
            Architectures.Named named = Architectures.named(each);
            spec.commandLine().getOut().printf("%-26s --widths %-26s %s%n", each, String.join(",", named.widths()), named.text());
            report.withArray("architectures").addObject().put("name", each).put("text", named.text())
                    .set("widths", Json.MAPPER.valueToTree(named.widths()));
        }
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }

    /** Refuses options that would change nothing. */
    private void refuseUnused(Family family) {
        refuse(activation != null && !family.takesActivation(), "--activation " + activation, "brings its own",
                Family::takesActivation);
        refuse(layers != null && !family.isDeep(), "--layers " + layers, "has as many as its --widths say", Family::isDeep);
        refuse(step != null && !family.isDeep(), "--step " + step, "has no such parameters", Family::isDeep);
        refuse(shared && family != Family.UNROLLED, "--shared", "has no layers that could share parameters", Family.UNROLLED::equals);
        if (lambda != null && family != Family.UNROLLED && !Activations.scalars(activation()).contains("lambda")) {
            throw new InputException("--lambda " + lambda + ": " + name + (family == Family.STEP ? "" : " with --activation "
                    + activation()) + " has no such number; expected --activation " + Choice.list(ProxMaps.names().stream()
                            .filter(map -> Activations.scalars(map).contains("lambda")).toList()));
        }
    }

    private void refuse(boolean unused, String given, String why, Predicate<Family> using) {
        if (unused) {
            throw new InputException(given + ": " + name + " " + why + "; expected with " + Choice.list(
                    Architectures.names().stream().filter(each -> using.test(Architectures.named(each).family())).toList()));
        }
    }

    private Architecture architecture() {
        int depth = layers == null ? LAYERS : layers;
        Architectures.requireLayers(depth);
        for (Integer width : widths == null ? List.<Integer>of() : widths) {
            if (width > WIDEST) {
                throw new InputException("--widths " + width + ": expected at most " + WIDEST);
            }
        }
        double threshold = Values.positive("--lambda", lambda == null ? LAMBDA : lambda);
        double start = Values.positive("--step", step == null ? STEP : step);
        Architecture made = Architectures.make(name, new Architectures.Request(
                widths, depth, sigma(threshold), (float) threshold, (float) start, shared, null));
        long count = made.shapes().stream().mapToLong(shape -> (long) shape.rows() * shape.columns()).sum();
        if (count > MOST_PARAMETERS) {
            throw new InputException(name + ": " + count + " parameters; expected fewer than 2^31");
        }
        return made;
    }

    private String activation() {
        return Choice.require("--activation", activation == null ? ACTIVATION : activation, ProxMaps.names());
    }

    private ProxMap sigma(double threshold) {
        Map<String, Double> usual = Map.of("lambda", threshold, "ridge", 0.1, "lower", 0.0, "upper", 1.0, "group", 4.0);
        Map<String, Double> values = new LinkedHashMap<>();
        Activations.scalars(activation()).forEach(scalar -> values.put(scalar, usual.get(scalar)));
        return Activations.make(activation(), values);
    }
}
