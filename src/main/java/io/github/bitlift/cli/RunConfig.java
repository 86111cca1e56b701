package io.github.bitlift.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.data.Degradation;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.MeasurementOperator;
import io.github.bitlift.prox.ProxMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Everything that defines the bits of a run, besides the content of its data. Components are named as the options of
 * {@code bitlift train}; those that don't apply are null.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "task", "data", "images", "validation", "inputs", "targets", "validation-inputs", "validation-targets",
    "strategy", "solver", "optimizer", "step-size", "activation", "lambda", "lower", "upper", "ridge", "group", "mu",
    "mu-rate", "mu-max", "mu-every", "lr", "lr-auxiliary", "momentum", "batch", "inner", "tolerance", "admm-penalty",
    "tau", "relaxation", "passes", "sparsity", "sparse-layer", "parameter-regulariser", "parameter-weight",
    "architecture", "widths", "layers", "step", "shared", "learn-threshold", "init", "init-weights", "init-z", "seed"
})
record RunConfig(
        String task,
        String data,
        int images,
        int validation,
        String inputs,
        String targets,
        String validationInputs,
        String validationTargets,
        String strategy,
        String solver,
        String optimizer,
        String stepSize,
        String activation,
        Double lambda,
        Double lower,
        Double upper,
        Double ridge,
        Integer group,
        List<Double> mu,
        Double muRate,
        Double muMax,
        Integer muEvery,
        double lr,
        Double lrAuxiliary,
        Double momentum,
        Integer batch,
        Integer inner,
        Double tolerance,
        Double admmPenalty,
        Double tau,
        Double relaxation,
        Integer passes,
        Double sparsity,
        Integer sparseLayer,
        String parameterRegulariser,
        Double parameterWeight,
        String architecture,
        List<Integer> widths,
        Integer layers,
        Double step,
        Boolean shared,
        Boolean learnThreshold,
        String init,
        String initWeights,
        String initZ,
        long seed) {

    /** By option name. */
    ObjectNode tree() {
        return Json.MAPPER.valueToTree(this);
    }

    /** The same with batches of another size. */
    RunConfig withBatch(int samples) {
        return Json.MAPPER.convertValue(tree().put("batch", samples), RunConfig.class);
    }

    /** Where its data come from. */
    DataSource source() {
        return new DataSource(
                Task.named("--task", task), data, images, validation, inputs, targets, validationInputs,
                validationTargets, seed);
    }

    /** Whether its targets are classes. */
    boolean classifies() {
        return task.equals(Task.CLASSIFY.title());
    }

    /**
     * The network that is trained.
     *
     * @param rows height of its pictures, 0 if there are none
     * @param columns width of its pictures
     */
    Architecture network(int rows, int columns) {
        ProxMap sigma = Activations.make(activation, Activations.values(this));
        return Architectures.make(architecture, new Architectures.Request(
                widths, layers == null ? 1 : layers, sigma, lambda == null ? 1f : lambda.floatValue(),
                step == null ? 1f : step.floatValue(), Boolean.TRUE.equals(shared), Boolean.TRUE.equals(learnThreshold),
                measurement(rows, columns)));
    }

    /** What the task's degradation does before it adds noise, where that is known; else null, for the identity. */
    private MeasurementOperator measurement(int rows, int columns) {
        return rows > 0 && Task.named("--task", task).degradation() instanceof Degradation.GaussianBlur blur
                ? new MeasurementOperator(rows * columns, rows * columns, blur.matrix(rows, columns))
                : null;
    }

    private int hiddenLayers() {
        return network(0, 0).layers();
    }

    /** μ, one per hidden layer; none for back-propagation. */
    float[] muPerLayer() {
        float[] values = new float[mu == null ? 0 : hiddenLayers()];
        for (int j = 0; j < values.length; j++) {
            values[j] = mu.get(mu.size() == 1 ? 0 : j).floatValue();
        }
        return values;
    }

    /** Steps in one pass over the training data. */
    int stepsPerEpoch() {
        return batch == null || isAveraging() ? 1 : images / batch;
    }

    /** Whether a step is a whole epoch, its batches being averaged. */
    boolean isAveraging() {
        return "averaging".equals(solver);
    }

    /** The method in a few words, such as {@code lifted Bregman, isgm}. */
    String method() {
        String name = switch (strategy) {
            case "bregman" -> "lifted Bregman";
            case "mac-qp" -> "MAC-QP";
            case "classical" -> "classical lifting";
            case "fenchel" -> "Fenchel lifting";
            case "contrastive" -> "contrastive lifting";
            default -> "back-propagation";
        };
        return name + ", " + (solver == null ? optimizer : solver);
    }

    /** The columns that a metrics table has per hidden layer, from 1. */
    List<String> perLayer(String name) {
        return IntStream.rangeClosed(1, hiddenLayers()).mapToObj(j -> name + "_" + j).toList();
    }
}
