package io.github.bitlift.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The head of a safetensors file: 8 bytes with the length of the JSON that follows, little-endian, then the JSON.
 *
 * @param entries  the tensors in the order of their bytes
 * @param metadata the strings under {@code __metadata__}, in file order
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {

    static final String METADATA = "__metadata__";
    private static final long LONGEST = 100_000_000; // the limit of the format's own library
    private static final String EXPECTED = "a safetensors header";

    /** One tensor: its values lie in bytes {@code begin} to {@code end} after the header. */
    record Entry(String name, int[] shape, long begin, long end) {
        int count() {
            return (int) ((end - begin) / 4);
        }
    }

    /** Reads the header and proves that the tensors tile the rest of the file exactly. */
    static SafetensorsHeader read(InputFile file) {
        if (file.size() < 8) {
            throw file.bad("truncated: " + file.size() + " bytes", "a safetensors file of 8 bytes or more");
        }
        long length = ByteBuffer.wrap(file.bytes(8, "the header length")).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > Math.min(file.remaining(), LONGEST)) {
            throw file.bad("header length " + Long.toUnsignedString(length) + " in a file of " + file.size() + " bytes",
                    "2 to " + Math.min(file.remaining(), LONGEST));
        }
        JsonNode root = json(file, file.bytes((int) length, "the header"));
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        root.properties().forEach(field -> {
            if (field.getKey().equals(METADATA)) {
                metadata(file, field.getValue(), metadata);
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireTiling(file, entries);
        return new SafetensorsHeader(entries, metadata);
    }

    /** The bytes of a header: keys in the order given, padded with spaces so that values start at a multiple of 8. */
    static byte[] format(Collection<Tensor> tensors, Map<String, String> metadata) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        if (!metadata.isEmpty()) {
            metadata.forEach(root.putObject(METADATA)::put);
        }
        long offset = 0;
        for (Tensor tensor : tensors) {
            if (root.has(tensor.name()) || tensor.name().equals(METADATA)) {
                throw new IllegalArgumentException("tensor name " + tensor.name() + " is taken");
            }
            ObjectNode node = root.putObject(tensor.name()).put("dtype", "F32");
            Arrays.stream(tensor.shape()).forEach(node.putArray("shape")::add);
            long end = offset + 4L * tensor.values().length;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, json.length + (-json.length & 7));
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return ByteBuffer.allocate(8 + padded.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length).put(padded).array();
    }

    private static JsonNode json(InputFile file, byte[] bytes) {
        ObjectMapper mapper = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonNode root = text.startsWith("{") ? mapper.readTree(text) : null;
            if (root == null) {
                throw file.bad("header is not a JSON object", EXPECTED);
            }
            return root;
        } catch (CharacterCodingException problem) {
            throw file.bad("header is not UTF-8", EXPECTED);
        } catch (JsonProcessingException problem) {
            throw file.bad("header is not valid JSON: " + problem.getOriginalMessage(), EXPECTED);
        }
    }

    private static void metadata(InputFile file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw file.bad(METADATA + " is not an object", "names with strings");
        }
        node.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                throw file.bad(METADATA + " " + quote(field.getKey()) + " is not a string", "names with strings");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        });
    }

    private static Entry entry(InputFile file, String name, JsonNode node) {
        String where = "tensor " + quote(name);
        if (node.size() != 3 || !node.path("dtype").isTextual()) {
            throw file.bad(where + " is not described", "dtype, shape and data_offsets");
        }
        String dtype = node.get("dtype").textValue();
        if (!dtype.equals("F32")) {
            throw file.bad(where + " has dtype " + quote(dtype), "F32: convert it with tensor.float()");
        }
        long[] lengths = numbers(file, where, "shape", node.path("shape"));
        long[] offsets = numbers(file, where, "data_offsets", node.path("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > file.remaining()) {
            throw file.bad(where + " has data_offsets " + Arrays.toString(offsets),
                    "begin and end within the " + file.remaining() + " bytes of values");
        }
        int[] shape = new int[lengths.length];
        long count = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = (int) lengths[axis];
            count *= shape[axis];
            if (lengths[axis] > Integer.MAX_VALUE || count > Integer.MAX_VALUE - 8) {
                throw file.bad(where + " has shape " + Arrays.toString(lengths), "at most 2^31 - 9 values");
            }
        }
        if (4 * count != offsets[1] - offsets[0]) {
            throw file.bad(where + " of shape " + Arrays.toString(shape) + " has "
                    + (offsets[1] - offsets[0]) + " bytes", 4 * count + " bytes");
        }
        return new Entry(name, shape, offsets[0], offsets[1]);
    }

    private static long[] numbers(InputFile file, String where, String what, JsonNode node) {
        long[] numbers = new long[node.isArray() && node.size() <= 32 ? node.size() : 0];
        boolean sound = node.isArray() && numbers.length == node.size();
        for (int i = 0; i < numbers.length; i++) {
            JsonNode item = node.get(i);
            sound &= item.isIntegralNumber() && item.canConvertToLong() && item.longValue() >= 0;
            numbers[i] = item.longValue();
        }
        if (!sound) {
            throw file.bad(where + " has " + what + " " + cut(node.toString()), "at most 32 whole numbers from 0");
        }
        return numbers;
    }

    private static void requireTiling(InputFile file, List<Entry> entries) {
        long covered = 0;
        for (Entry entry : entries) {
            if (entry.begin != covered) {
                throw file.bad("tensor " + quote(entry.name) + " starts at byte " + entry.begin + ", "
                        + (entry.begin < covered ? "overlapping another" : "after a hole"), "byte " + covered);
            }
            covered = entry.end;
        }
        if (covered != file.remaining()) {
            throw file.bad(file.remaining() - covered + " bytes after the last tensor", "none");
        }
    }

    private static String quote(String name) {
        return "\"" + cut(name) + "\"";
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
