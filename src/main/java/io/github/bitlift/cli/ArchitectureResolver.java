package io.github.bitlift.cli;

import io.github.bitlift.backend.SizingBackend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Relu;
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

    private boolean isShared() {
        return Boolean.TRUE.equals(network.shared);
    }

    /** Refuses what the architecture doesn't admit. */
    void check(MethodOptions method, StrategyChoice strategy, String solver, String activation) {
        if (isUnrolled() && !activation.equals("soft-threshold")) {
            throw new InputException("--activation " + activation + ": " + name + " brings its own; expected --lambda alone");
        }
        if (isChain()) {
            return;
        }
        if (strategy.isContrastive() || strategy.regulariser() != null) {
            throw new InputException((strategy.isContrastive() ? "--strategy contrastive" : "--parameter-regulariser")
                    + ": works on chains of affine layers; expected --architecture mlp");
        }
        if (("isgm".equals(solver) || "averaging".equals(solver)) && strategy.isLifted()) {
            throw new InputException("--solver " + solver + ": works on chains of affine layers; expected --architecture mlp, or"
                    + " --solver bcd without --batch, or --strategy backprop");
        }
        if ("norms".equals(method.stepSize)) {
            throw new InputException("--step-size norms: known for chains of affine layers; expected --architecture mlp");
        }
        if (network.init != null || "near-identity".equals(network.initWeights)) {
            throw new InputException((network.init != null ? "--init" : "--init-weights near-identity")
                    + ": expected with --architecture mlp");
        }
        if ("input".equals(method.initZ)) {
            throw new InputException("--init-z input: expected with --architecture mlp; or forward or gaussian");
        }
    }

    /** The number of layers with auxiliary variables. */
    int layers(List<Integer> widths) {
        return isChain() ? widths.size() - 2 : made(widths).layers();
    }

    private Architecture made(List<Integer> widths) {
        return Architectures.make(name, new Architectures.Request(
                widths, network.layers == null ? LAYERS : network.layers, new Relu(), 1f, 1f, isShared(), null));
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
            StrategyChoice.requireAdmitted(config, network.sigma());
        } catch (IllegalArgumentException problem) {
            throw new InputException(config.architecture() + ": " + problem.getMessage(), problem);
        }
    }
}
