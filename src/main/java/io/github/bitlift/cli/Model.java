package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.data.Centring;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Mlp;
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
 * @param widths all widths, input and output included
 * @param centring what is subtracted from inputs, or null
 * @param classes the number of classes that its outputs stand for; 0 if they don't
 * @param sigma the activation of the hidden layers
 * @param rows height of its pictures; 0 if it works on no pictures
 * @param columns width of its pictures
 * @param digest what the manifest says of the weights
 */
record Model(
        Safetensors weights, List<Integer> widths, Centring centring, int classes, ProxMap sigma, int rows, int columns,
        String digest) {

    /** Reads a model and the {@code manifest.json} beside it. */
    static Model read(Path path) {
        Safetensors weights = Safetensors.read(path).requireFinite();
        List<Integer> widths = ModelFile.widths(weights);
        Path beside = path.toAbsolutePath().resolveSibling("manifest.json");
        if (!Files.exists(beside)) {
            throw InputException.in(beside, "is missing", "the manifest that bitlift train writes beside a model");
        }
        ObjectNode manifest = Json.read(beside);
        if (!manifest.path("widths").equals(Json.MAPPER.valueToTree(widths))) {
            throw InputException.in(path, "has widths " + widths, manifest.path("widths") + " as in its manifest.json");
        }
        if (widths.size() < 3) {
            throw InputException.in(path, "has no hidden layer", "a model of bitlift");
        }
        int classes = manifest.path("task").asText().equals(Task.CLASSIFY.title()) ? widths.get(widths.size() - 1) : 0;
        return new Model(
                weights, widths, ModelFile.centring(weights, widths), classes, activation(beside, manifest), dimension(beside, manifest, "image_rows"),
                dimension(beside, manifest, "image_columns"), manifest.path("digest").asText());
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
            throw InputException.in(path, name + " is " + value, "a whole number");
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
        int[] all = widths.stream().mapToInt(Integer::intValue).toArray();
        try (Parameters parameters = new Parameters(backend, all)) {
            ModelFile.load(weights, parameters);
            if (!parameters.digest().equals(digest)) {
                throw InputException.in(weights.path(), "digest mismatch: the weights have " + parameters.digest(),
                        digest + " as in its manifest.json");
            }
            try (ForwardPass forward = new ForwardPass(
                    backend, Mlp.of(parameters, Collections.nCopies(widths.size() - 2, sigma)), count)) {
                return forward.apply(centring == null ? values : centring.apply(values), count);
            }
        }
    }
}
