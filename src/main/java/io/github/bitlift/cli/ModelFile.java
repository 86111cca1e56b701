package io.github.bitlift.cli;

import io.github.bitlift.data.Centring;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.io.Tensor;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Weights on disk: tensors {@code layers.J.weight [out, in]} and {@code layers.J.bias [out]}, J from 0, the last layer
 * being the output's K and d, or those that another architecture names; for a classifier also {@code input.mean [in]}, which is subtracted from its inputs.
 */
final class ModelFile {
    private static final String MEAN = "input.mean";

    private ModelFile() {}

    /** Writes all parameters, and what is subtracted from inputs unless that is null. */
    static void write(Path path, Parameters parameters, Centring centring) {
        List<Tensor> tensors = new ArrayList<>();
        for (Parameters.Shape shape : parameters.shapes()) {
            tensors.add(new Tensor(shape.name(), axes(shape), parameters.named(shape.name()).toArray()));
        }
        if (centring != null) {
            tensors.add(new Tensor(MEAN, new int[] {centring.mean().length}, centring.mean()));
        }
        Safetensors.write(path, tensors, Map.of("format", "pt"));
    }

    /** Biases and scalars have one axis, as PyTorch's. */
    private static int[] axes(Parameters.Shape shape) {
        return shape.isWeight() ? new int[] {shape.rows(), shape.columns()} : new int[] {shape.columns()};
    }

    /** The widths of a model, input and output included; the shapes must fit together. */
    static List<Integer> widths(Safetensors model) {
        List<Integer> widths = new ArrayList<>();
        for (int j = 0; model.tensors().containsKey(weight(j)); j++) {
            int[] shape = model.tensors().get(weight(j)).shape();
            if (shape.length != 2) {
                throw InputException.in(model.path(), weight(j) + " has " + shape.length + " axes", "[out, in]");
            }
            if (j == 0) {
                widths.add(shape[1]);
            }
            widths.add(shape[0]);
        }
        if (widths.isEmpty()) {
            throw InputException.in(model.path(), "has no tensor " + weight(0), "a model of bitlift");
        }
        require(model, widths);
        return widths;
    }

    /** Refuses a model of other widths, or one with further tensors. */
    static void require(Safetensors model, List<Integer> widths) {
        int layers = widths.size() - 1;
        for (int j = 0; j < layers; j++) {
            model.require(weight(j), widths.get(j + 1), widths.get(j));
            model.require(bias(j), widths.get(j + 1));
        }
        int means = centring(model, widths) == null ? 0 : 1;
        if (model.tensors().size() != 2 * layers + means) {
            throw InputException.in(model.path(), "has " + model.tensors().size() + " tensors",
                    2 * layers + ", a weight and a bias for each of " + layers + " layers");
        }
    }

    /** What a model subtracts from its inputs; null if nothing. */
    static Centring centring(Safetensors model, List<Integer> widths) {
        return model.tensors().containsKey(MEAN)
                ? new Centring(model.require(MEAN, widths.get(0)).values())
                : null;
    }

    /** Refuses a model of other parameters. */
    static void require(Safetensors model, Architecture architecture) {
        architecture.shapes().forEach(shape -> model.require(shape.name(), axes(shape)));
        int expected = architecture.shapes().size() + (model.tensors().containsKey(MEAN) ? 1 : 0);
        if (model.tensors().size() != expected) {
            throw InputException.in(model.path(), "has " + model.tensors().size() + " tensors",
                    expected + ", the parameters of " + architecture.name());
        }
    }

    /** Copies a model of the right shapes into parameters. */
    static void load(Safetensors model, Parameters parameters) {
        for (Parameters.Shape shape : parameters.shapes()) {
            parameters.named(shape.name()).write(model.tensors().get(shape.name()).values());
        }
    }

    private static String weight(int j) {
        return "layers." + j + ".weight";
    }

    private static String bias(int j) {
        return "layers." + j + ".bias";
    }
}
