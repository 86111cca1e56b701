package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.DualForwardBackward;
import io.github.bitlift.network.Lista;
import io.github.bitlift.network.MeasurementOperator;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Perceptron;
import io.github.bitlift.network.PrimalDual;
import io.github.bitlift.network.ResNet;
import io.github.bitlift.network.Shallow;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Architectures by their names on the command line. */
final class Architectures {
    private static final int MOST_LAYERS = 1000;
    private static final int UNITS = 64;
    /** 784 inputs and a code of 71: about the JMLR paper's 70. */
    private static final int NARROWING = 11;

    /**
     * What an architecture is made from.
     *
     * @param widths as {@link Named#widths} says
     * @param layers J where widths don't say it
     * @param sigma where the architecture doesn't bring its own
     * @param lambda λ of all layers
     * @param step where γ, τ and h start
     * @param shared whether layers share their parameters
     * @param learned whether thresholds are learned
     * @param known H, or null for the identity (the first numbers of a signal where a measurement has fewer)
     */
    record Request(
            List<Integer> widths, int layers, ProxMap sigma, float lambda, float step, boolean shared,
            boolean learned, MeasurementOperator known) {

        int width(int i) {
            return widths.get(i);
        }

        MeasurementOperator measurement() {
            if (known != null) {
                return known;
            }
            MeasurementOperator identity = MeasurementOperator.identity(Math.max(width(0), width(1)));
            float[] values = new float[Math.multiplyExact(width(0), width(1))];
            for (int i = 0; i < width(0); i++) {
                System.arraycopy(identity.values(), i * identity.columns(), values, i * width(1), width(1));
            }
            return new MeasurementOperator(width(0), width(1), values);
        }

        List<Float> lambdas(int count) {
            return Collections.nCopies(count, lambda);
        }
    }

    /** What an architecture is, as far as options are concerned. */
    enum Family {
        /** A chain of affine layers, known by its widths. */
        CHAIN,
        /** Another network that its widths determine. */
        FLAT,
        /** The same, its widths being extents of images. */
        CONVOLUTIONAL,
        /** One with a step that has no gradient: for evaluation alone. */
        STEP,
        /** Layers whose number and step size are options. */
        RESIDUAL,
        /** The same, with activations of its own: the iterations of an algorithm, whose parameters may be shared. */
        UNROLLED;

        /** Whether activations can be chosen. */
        boolean takesActivation() {
            return this != STEP && this != UNROLLED;
        }

        /** Whether {@code --layers} and {@code --step} say something. */
        boolean isDeep() {
            return this == RESIDUAL || this == UNROLLED;
        }
    }

    /** How an architecture is made. */
    private interface Maker {
        Architecture make(Request request);
    }

    /**
     * One line of the list.
     *
     * @param family what options it takes
     * @param text what it is, with the paper's equation
     * @param widths what {@code --widths} means; {@code …} where there may be more
     * @param usual the widths that descriptions have if none are given
     */
    record Named(Family family, String text, List<String> widths, List<Integer> usual, Maker maker) {
        boolean isOpen() {
            return widths.contains("…");
        }

        /** The widths that suit data of {@code in} and {@code out} features; images are square unless widths are given. */
        List<Integer> fitting(int in, int out) {
            if (widths.contains("height")) {
                int side = (int) Math.round(Math.sqrt(in));
                return List.of(side, side, 1, 8, 16, Math.max(1, in / 2));
            }
            return widths.stream()
                    .map(width -> switch (width) {
                        case "output", "signal", "code", "dual" -> out;
                        case "units" -> UNITS;
                        case "narrow" -> Math.max(1, in / NARROWING);
                        default -> in;
                    })
                    .toList();
        }

        /** The number of widths, the least one where it is open. */
        int count() {
            return isOpen() ? widths.size() - 1 : widths.size();
        }
    }

    private static final Map<String, Named> BY_NAME = catalogue();

    private Architectures() {}

    private static Map<String, Named> catalogue() {
        Map<String, Named> map = new LinkedHashMap<>();
        map.put("perceptron", new Named(Family.FLAT, "N(y) = σ(W y + b), eq. 7",
                List.of("input", "output"), List.of(784, 10),
                r -> new Perceptron(r.width(0), r.width(1), r.sigma())));
        map.put("heaviside", new Named(Family.STEP, "Rosenblatt's perceptron, eq. 6",
                List.of("input", "output"), List.of(784, 1),
                r -> Perceptron.heaviside(r.width(0), r.width(1))));
        map.put("shallow", new Named(Family.FLAT, "one layer of scalar units, eq. 8",
                List.of("input", "units", "output"), List.of(1, 8, 1),
                r -> new Shallow(r.width(0), r.width(2), Collections.nCopies(r.width(1), r.sigma()))));
        map.put("mlp", new Named(Family.CHAIN, "multi-layer perceptron, eq. 9",
                List.of("input", "hidden", "…", "output"), List.of(784, 64, 64, 10),
                r -> new Mlp(r.widths(), Collections.nCopies(Math.max(0, r.widths().size() - 2), r.sigma()))));
        map.put("resnet", new Named(Family.RESIDUAL, "residual network, eq. 10",
                List.of("state", "inner", "output"), List.of(784, 784, 784),
                r -> new ResNet(r.width(0), Collections.nCopies(r.layers(), r.width(1)), r.width(2),
                        Collections.nCopies(r.layers(), r.sigma()), r.step())));
        map.put("lista", new Named(Family.UNROLLED, "unrolled soft-thresholding, eq. 13",
                List.of("measurement", "signal", "code"), List.of(784, 784, 784),
                r -> new Lista(r.measurement(), r.width(2), r.lambdas(Math.max(0, r.layers() - 1)), r.step(), r.shared(),
                        r.learned())));
        map.put("primal-dual", new Named(Family.UNROLLED, "unrolled Condat-Vu algorithm, eq. 15",
                List.of("measurement", "signal", "dual"), List.of(784, 784, 784),
                r -> new PrimalDual(r.measurement(), r.width(2), r.lambdas(r.layers()), Box.unit(), r.step(), r.step(),
                        r.shared())));
        map.put("dual-forward-backward", new Named(Family.UNROLLED, "unrolled dual forward-backward algorithm (MLSP 2024)",
                List.of("signal", "dual"), List.of(784, 784),
                r -> new DualForwardBackward(r.width(0), r.width(1), r.lambdas(r.layers()), r.step(), r.shared())));
        map.put("undercomplete-autoencoder", new Named(Family.CHAIN, "mlp that narrows to a code (JMLR paper, section 6.3)",
                List.of("input", "narrow"), List.of(784, 70),
                r -> Mlp.undercomplete(r.width(0), r.width(1), r.sigma())));
        map.put("sparse-autoencoder", new Named(Family.CHAIN,
                "mlp with a code as wide as the input (JMLR paper, section 6.2)", List.of("input"), List.of(784),
                r -> Mlp.sparseAutoencoder(r.width(0), r.sigma())));
        map.put("convolutional-autoencoder", new Named(Family.CONVOLUTIONAL,
                "convolutions to a linear code and back (section 7.3)",
                List.of("height", "width", "channels", "…", "code"), List.of(28, 28, 1, 8, 16, 392),
                r -> new ConvolutionalAutoencoder(
                        r.width(0), r.width(1), r.widths().subList(2, r.widths().size() - 1),
                        r.width(r.widths().size() - 1), r.sigma())));
        return map;
    }

    /** Refuses a number of layers that no run or description could end with. */
    static void requireLayers(int layers) {
        if (layers < 1 || layers > MOST_LAYERS) {
            throw new InputException("--layers " + layers + ": expected 1 to " + MOST_LAYERS);
        }
    }

    /** Whether it is a chain of affine layers, known by its widths. */
    static boolean isChain(String name) {
        return BY_NAME.containsKey(name) && BY_NAME.get(name).family() == Family.CHAIN;
    }

    /** The names of those that can be trained: the step of Rosenblatt's perceptron has no gradient. */
    static List<String> trainable() {
        return names().stream().filter(name -> named(name).family() != Family.STEP).toList();
    }

    /** All names. */
    static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** One line of the list. */
    static Named named(String name) {
        return BY_NAME.get(Choice.require("architecture", name, names()));
    }

    /** An architecture from its name; the widths, if any, must be as many as it takes. */
    static Architecture make(String name, Request request) {
        Named named = named(name);
        List<Integer> widths = request.widths() == null ? named.usual() : request.widths();
        if (named.isOpen() ? widths.size() < named.count() : widths.size() != named.count()) {
            throw new InputException("--widths " + widths.toString().replaceAll("[\\[\\] ]", "") + ": expected "
                    + String.join(",", named.widths()) + " for " + name);
        }
        for (int width : widths) {
            Values.atLeast("--widths", width, 1);
        }
        try {
            return named.maker().make(new Request(
                    widths, request.layers(), request.sigma(), request.lambda(), request.step(), request.shared(),
                    request.learned(), request.known()));
        } catch (IllegalArgumentException | ArithmeticException problem) {
            throw new InputException(name + ": " + problem.getMessage(), problem);
        }
    }
}
