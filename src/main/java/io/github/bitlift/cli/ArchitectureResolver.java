package io.github.bitlift.cli;

import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Relu;
import java.util.Arrays;
import java.util.List;

/** Checks a new run's architecture and fills in what wasn't given. */
final class ArchitectureResolver {
    private static final int LAYERS = 3;
    private static final double STEP = 0.5;
    private static final int MOST_PARAMETERS = Integer.MAX_VALUE - 8;

    private final NetworkOptions network;
    private final String name;

    ArchitectureResolver(NetworkOptions network) {
        this.network = network;
        this.name = Choice.require(
                "--architecture", network.architecture == null ? "mlp" : network.architecture, Architectures.trainable());
    }

    /** As {@code --architecture} says it. */
    String name() {
        return name;
    }

    /** Whether all is said by widths: an mlp without further conditions. */
    boolean isPlain() {
        return name.equals("mlp");
    }

    /** Whether it is a chain of affine layers. */
    boolean isChain() {
        return Architectures.isChain(name);
    }

    /** Whether it unrolls an algorithm, whose activations are its own. */
    boolean isUnrolled() {
        return family() == Architectures.Family.UNROLLED;
    }

    /** The activation unless one is given. */
    String usualActivation(boolean classifies) {
        return family() == Architectures.Family.CONVOLUTIONAL || classifies && !isUnrolled() ? "relu" : "soft-threshold";
    }

    private Architectures.Family family() {
        return Architectures.named(name).family();
    }

    /** Its name in a run's configuration: once the widths are known, an autoencoder is an mlp. */
    String plainName() {
        return isChain() ? "mlp" : name;
    }

    /** {@code --layers}, null where widths say it. */
    Integer deepLayers() {
        return family().isDeep() ? Integer.valueOf(network.layers == null ? LAYERS : network.layers) : null;
    }

    /** {@code --step}, null where there is none. */
    Double step() {
        return family().isDeep() ? Double.valueOf(network.step == null ? STEP : network.step) : null;
    }

    /** True if layers share their parameters, else null. */
    Boolean shared() {
        return isUnrolled() && isShared() ? Boolean.TRUE : null;
    }

    /** True if thresholds are learned, else null. */
    Boolean learnThreshold() {
        return Boolean.TRUE.equals(network.learnThreshold) ? Boolean.TRUE : null;
    }

    private boolean isShared() {
        return Boolean.TRUE.equals(network.shared);
    }

    /** Refuses what the architecture doesn't admit. */
    void check(MethodOptions method, String activation) {
        if (isUnrolled() && !activation.equals("soft-threshold")) {
            throw new InputException("--activation " + activation + ": " + name + " brings its own; expected --lambda alone");
        }
        if (learnThreshold() != null && !name.equals("lista")) {
            throw new InputException("--learn-threshold: not with --architecture " + name + ", " + (name.equals("primal-dual")
                    || name.equals("dual-forward-backward")
                    ? "which learns its threshold with L, as lambda ||Lx||_1 = ||(lambda L)x||_1"
                    : "whose activations are fixed") + "; expected lista");
        }
        if (isChain()) {
            return;
        }
        String refusal = "--architecture " + name + ": ";
        if ("norms".equals(method.stepSize)) {
            throw new InputException(refusal + "--step-size norms is known for theta of chains of affine layers alone; expected"
                    + " fixed, or backtracking with --solver bcd");
        }
        if ("near-identity".equals(network.initWeights)) {
            throw new InputException(refusal + "--init-weights near-identity makes the layers of a chain pass on what they read;"
                    + " expected glorot, or --architecture mlp");
        }
    }

    /** The widths of the layers with auxiliary variables. */
    List<Integer> hiddenWidths(List<Integer> widths) {
        if (isChain()) {
            return widths.subList(1, widths.size() - 1);
        }
        Architecture architecture = made(widths);
        try (SizingBackend outline = new SizingBackend();
                Parameters theta = architecture.parameters(outline);
                Network made = architecture.over(outline, theta)) {
            return Arrays.stream(made.w().rowSizes()).boxed().toList();
        }
    }

    /** The number of layers with auxiliary variables. */
    int layers(List<Integer> widths) {
        return isChain() ? widths.size() - 2 : made(widths).layers();
    }

    private Architecture made(List<Integer> widths) {
        return Architectures.make(name, new Architectures.Request(
                widths, network.layers == null ? LAYERS : network.layers, new Relu(), 1f, 1f, isShared(),
                learnThreshold() != null, null));
    }

    /** Widths that suit the data; for an autoencoder those of its mlp. */
    List<Integer> widths(int in, int out) {
        List<Integer> widths =
                network.widths == null ? Architectures.named(name).fitting(in, out) : List.copyOf(network.widths);
        Architecture made = made(widths);
        String given = "--widths " + widths.toString().replaceAll("[\\[\\] ]", "") + ": ";
        if (made.inputs() != in || made.outputs() != out) {
            throw new InputException(given + name + " maps " + made.inputs() + " to " + made.outputs() + "; expected " + in
                    + " to " + out + ", the features of the data's inputs and targets");
        }
        long count = made.shapes().stream().mapToLong(shape -> (long) shape.rows() * shape.columns()).sum();
        if (count > MOST_PARAMETERS) {
            throw new InputException(given + count + " parameters; expected fewer than 2^31");
        }
        return made instanceof Mlp mlp ? mlp.widths() : widths;
    }

    /** Refuses blocks that don't make up a network, which is found out without any numbers. */
    static void checkBlocks(RunConfig config) {
        Architecture architecture = config.network(0, 0);
        try (SizingBackend outline = new SizingBackend();
                Parameters theta = architecture.parameters(outline);
                Network network = architecture.over(outline, theta)) {
            if (network.layers() != architecture.layers()) {
                throw new IllegalStateException(architecture.name() + " has " + network.layers() + " layers");
            }
            if (config.strategy().equals("contrastive") && !network.isChain()) {
                throw new InputException("--architecture " + config.architecture() + ": --strategy contrastive minimises its"
                        + " energies layer by layer, and its layers read more than the layer before and the input; expected perceptron,"
                        + " mlp, lista, dual-forward-backward or an autoencoder");
            }
            StrategyChoice.requireAdmitted(config, network.sigma());
        } catch (IllegalArgumentException problem) {
            throw new InputException(config.architecture() + ": " + problem.getMessage(), problem);
        }
    }
}
