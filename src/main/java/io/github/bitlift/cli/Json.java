package io.github.bitlift.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.AtomicFile;
import io.github.bitlift.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports, manifests and run descriptions. Equal content gives equal bytes on every Java release. */
final class Json {
    private static final long MOST_BYTES = 1 << 20;
    /** The fast writer prints the shortest digits everywhere; {@code Double.toString} changed with Java 19. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .build();

    private Json() {}

    /** An empty object. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A number, or null for NaN and infinity, which JSON doesn't have. */
    static JsonNode number(Double value) {
        return value == null || !Double.isFinite(value)
                ? JsonNodeFactory.instance.nullNode()
                : JsonNodeFactory.instance.numberNode(value);
    }

    /** An array of such numbers. */
    static ArrayNode numbers(double[] values) {
        ArrayNode array = MAPPER.createArrayNode();
        for (double value : values) {
            array.add(number(value));
        }
        return array;
    }

    /** Writes a file whole or not at all. */
    static void write(Path path, JsonNode node) {
        byte[] bytes = text(node).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(path, out -> out.write(bytes));
    }

    /** Indented text with a line end. */
    static String text(JsonNode node) {
        return written(MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"))), node)
                + "\n";
    }

    /** The same without white space; a node's own {@code toString} leaves the digits of numbers to the Java release. */
    static String line(JsonNode node) {
        return written(MAPPER.writer(), node);
    }

    private static String written(ObjectWriter writer, JsonNode node) {
        try {
            return writer.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new AssertionError("a tree can always be written", impossible);
        }
    }

    /**
     * Reads an object.
     *
     * @throws InputException if the file can't be read or holds anything else
     */
    static ObjectNode read(Path path) {
        try {
            if (Files.isRegularFile(path) && Files.size(path) > MOST_BYTES) {
                throw InputException.in(path, Files.size(path) + " bytes", "at most " + MOST_BYTES);
            }
            if (MAPPER.readTree(Files.readAllBytes(path)) instanceof ObjectNode object) {
                return object;
            }
            throw InputException.in(path, "is not a JSON object", "a file written by bitlift");
        } catch (JsonProcessingException problem) {
            throw InputException.in(path, "is not valid JSON: " + problem.getOriginalMessage(),
                    "a file written by bitlift");
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    /** A tree as an object of a type, or an {@link InputException} naming the file. */
    static <T> T convert(Path path, JsonNode node, Class<T> type) {
        if (node == null || node.isNull() || node.isMissingNode()) {
            throw InputException.in(path, "a part of it is missing", "a file written by this version of bitlift");
        }
        try {
            return MAPPER.treeToValue(node, type);
        } catch (JsonProcessingException | IllegalArgumentException problem) {
            String why = problem instanceof JsonProcessingException json ? json.getOriginalMessage()
                    : problem.getMessage();
            throw InputException.in(path, "is not understood: " + why, "a file written by this version of bitlift");
        }
    }
}
