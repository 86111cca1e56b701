package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.data.Centring;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.ProxMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained model as its two files describe it.
 *
 * @param weights {@code model.safetensors}
 * @param widths all widths of a chain of layers, input and output included; those two of other architectures
 * @param architecture what the weights belong to
 * @param centring what is subtracted from inputs, or null
 * @param classes the number of classes that its outputs stand for; 0 if they don't
 * @param rows height of its pictures; 0 if it works on no pictures
 * @param columns width of its pictures
 * @param digest what the manifest says of the weights
 */
record Model(
        Safetensors weights, List<Integer> widths, Architecture architecture, Centring centring, int classes, int rows,
        int columns, String digest) {

    /** Reads a model and the {@code manifest.json} beside it. */
    static Model read(Path path) {
        Safetensors weights = Safetensors.read(path).requireFinite();
        Path beside = path.toAbsolutePath().resolveSibling("manifest.json");
        if (!Files.exists(beside)) {
            throw InputException.in(beside, "is missing", "the manifest that bitlift train writes beside a model");
        }
        ObjectNode manifest = Json.read(beside);
        int rows = dimension(beside, manifest, "image_rows");
        int columns = dimension(beside, manifest, "image_columns");
        boolean chain = Architectures.isChain(manifest.path("architecture").asText("mlp"));
        Architecture architecture = chain ? chain(path, weights, beside, manifest)
                : Json.convert(beside, manifest.path("options"), RunConfig.class).network(rows, columns);
        ModelFile.require(weights, architecture);
        List<Integer> widths = architecture instanceof Mlp mlp ? mlp.widths()
                : List.of(architecture.inputs(), architecture.outputs());
        int classes = manifest.path("task").asText().equals(Task.CLASSIFY.title()) ? architecture.outputs() : 0;
        return new Model(
                weights, widths, architecture, ModelFile.centring(weights, widths), classes, rows, columns,
                manifest.path("digest").asText());
    }

    private static Architecture chain(Path path, Safetensors weights, Path beside, ObjectNode manifest) {
        List<Integer> widths = ModelFile.widths(weights);
        if (!manifest.path("widths").equals(Json.MAPPER.valueToTree(widths))) {
            throw InputException.in(path, "has widths " + widths, manifest.path("widths") + " as in its manifest.json");
        }
        if (widths.size() < 3) {
            throw InputException.in(path, "has no hidden layer", "a model of bitlift");
        }
        return new Mlp(widths, Collections.nCopies(widths.size() - 2, activation(beside, manifest)));
    }

    private static ProxMap activation(Path path, ObjectNode manifest) {
        String name = manifest.path("activation").asText();
        Map<String, Double> values = new LinkedHashMap<>();
        try {
            for (String scalar : Activations.scalars(name)) {
                JsonNode value = manifest.path("activation_parameters").path(scalar);
                values.put(scalar, Double.valueOf(value.asText()));
            }
            return Activations.make(name, values);
        } catch (IllegalArgumentException | InputException problem) {
            throw InputException.in(path, "has no valid activation: " + problem.getMessage(),
                    "a manifest written by bitlift");
        }
    }

    private static int dimension(Path path, ObjectNode manifest, String name) {
        JsonNode value = manifest.path(name);
        if (!value.canConvertToInt() || value.intValue() < 0) {
            throw InputException.in(path, name + " is " + (value.isMissingNode() ? "missing" : value), "a whole number");
        }
        return value.intValue();
    }

    /** Features of an input. */
    int inputs() {
        return widths.get(0);
    }

    /** Features of an output. */
    int outputs() {
        return widths.get(widths.size() - 1);
    }

    /** Whether it turns pictures into pictures of the same size. */
    boolean isForPictures() {
        return rows > 0 && rows * columns == inputs() && inputs() == outputs();
    }

    /** Reads a picture of the model's size; with {@code resize} another one is brought to it. */
    GreyImage picture(Path path, boolean resize) {
        GreyImage image = Png.read(path);
        if (image.width() == columns && image.height() == rows) {
            return image;
        }
        if (!resize) {
            throw InputException.in(path, image.width() + " x " + image.height() + " pixels",
                    columns + " x " + rows + ", the model's size (--resize makes it fit)");
        }
        return Resampling.resize(image, columns, rows);
    }

    /**
     * Applies it.
     *
     * @param values {@code [count, inputs]}
     * @return {@code [count, outputs]}
     * @throws InputException if the weights aren't those that the manifest describes
     */
    float[] apply(Backend backend, float[] values, int count) {
        try (Parameters parameters = parameters(backend);
                Network network = architecture.over(backend, parameters);
                ForwardPass forward = new ForwardPass(backend, network, count)) {
            return forward.apply(centring == null ? values : centring.apply(values), count);
        }
    }

    /**
     * Its parameters, which the caller closes.
     *
     * @throws InputException if the weights aren't those that the manifest describes
     */
    Parameters parameters(Backend backend) {
        Parameters parameters = architecture.parameters(backend);
        ModelFile.load(weights, parameters);
        if (!parameters.digest().equals(digest)) {
            String found = parameters.digest();
            parameters.close();
            throw InputException.in(weights.path(), "digest mismatch: the weights have " + found,
                    digest + " as in its manifest.json");
        }
        return parameters;
    }
}
