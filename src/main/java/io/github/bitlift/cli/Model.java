package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.InputException;
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
 * @param architecture what they belong to
 * @param rows height of its pictures; 0 if it works on no pictures
 * @param columns width of its pictures
 * @param digest what the manifest says of the weights
 */
record Model(Safetensors weights, List<Integer> widths, Architecture architecture, int rows, int columns, String digest) {

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
        String digest = manifest.path("digest").asText();
        if (!Architectures.isChain(manifest.path("architecture").asText("mlp"))) {
            RunConfig config = Json.convert(beside, manifest.path("options"), RunConfig.class);
            Architecture architecture = config.network(rows, columns);
            ModelFile.require(weights, architecture);
            List<Integer> ends = List.of(architecture.inputs(), architecture.outputs());
            return new Model(weights, ends, architecture, rows, columns, digest);
        }
        List<Integer> widths = ModelFile.widths(weights);
        if (!manifest.path("widths").equals(Json.MAPPER.valueToTree(widths))) {
            throw InputException.in(path, "has widths " + widths, manifest.path("widths") + " as in its manifest.json");
        }
        if (widths.size() < 3) {
            throw InputException.in(path, "has no hidden layer", "a model of bitlift");
        }
        Architecture mlp = new Mlp(widths, Collections.nCopies(widths.size() - 2, activation(beside, manifest)));
        return new Model(weights, widths, mlp, rows, columns, digest);
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

    /**
     * Applies it.
     *
     * @param values {@code [count, inputs]}
     * @return {@code [count, outputs]}
     * @throws InputException if the weights aren't those that the manifest describes
     */
    float[] apply(Backend backend, float[] values, int count) {
        try (Parameters parameters = architecture.parameters(backend)) {
            ModelFile.load(weights, parameters);
            if (!parameters.digest().equals(digest)) {
                throw InputException.in(weights.path(), "digest mismatch: the weights have " + parameters.digest(),
                        digest + " as in its manifest.json");
            }
            try (Network network = architecture.over(backend, parameters);
                    ForwardPass forward = new ForwardPass(backend, network, count)) {
                return forward.apply(values, count);
            }
        }
    }
}
