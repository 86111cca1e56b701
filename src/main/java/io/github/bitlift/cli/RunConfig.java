package io.github.bitlift.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    "architecture", "widths", "init", "init-weights", "init-z", "seed"
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
        String init,
        String initWeights,
        String initZ,
        long seed) {

    /** By option name. */
    ObjectNode tree() {
        return Json.MAPPER.valueToTree(this);
    }

    /** Where its data come from. */
    DataSource source() {
        return new DataSource(
                Task.named("--task", task), data, images, validation, inputs, targets, validationInputs,
                validationTargets, seed);
    }

    /** All widths, input and output included. */
    int[] allWidths() {
        return widths.stream().mapToInt(Integer::intValue).toArray();
    }

    /** μ, one per hidden layer; none for back-propagation. */
    float[] muPerLayer() {
        int layers = mu == null ? 0 : widths.size() - 2;
        float[] values = new float[layers];
        for (int j = 0; j < layers; j++) {
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
        return IntStream.rangeClosed(1, widths.size() - 2).mapToObj(j -> name + "_" + j).toList();
    }
}
