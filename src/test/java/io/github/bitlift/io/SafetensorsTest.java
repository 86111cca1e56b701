package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("m.safetensors");
    }

    static Tensor random(String name, long seed, int... shape) {
        int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return new Tensor(name, shape, values);
    }

    private static List<Tensor> model() {
        return List.of(random("layers.1.weight", 1, 5, 3), random("layers.0.bias", 2, 257), random("scalar", 3),
                random("empty", 4, 0, 9), random("großer \"Name\"", 5, 2, 2, 2));
    }

    private void written(long length, String header, int bytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] whole = ByteBuffer.allocate(8 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length < 0 ? text.length : length).put(text).array();
        AtomicFile.write(file(), out -> out.write(whole));
    }

    private void refused(String... parts) {
        Refusal.of(folder, () -> Safetensors.read(file()), parts);
    }

    private static String tensor(String name, String dtype, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape
                + ",\"data_offsets\":" + offsets + "}";
    }

    @Test
    void readsBackTheSameBitsInOrder() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1\nΨ");
        metadata.put("a", "");
        Safetensors.write(file(), model(), metadata);
        Safetensors read = Safetensors.read(file());
        assertThat(read.metadata()).containsExactlyEntriesOf(metadata);
        assertThat(read.tensors().keySet()).containsExactlyElementsOf(model().stream().map(Tensor::name).toList());
        for (Tensor expected : model()) {
            Tensor tensor = read.require(expected.name(), expected.shape());
            assertThat(FloatBits.of(tensor.values())).isEqualTo(FloatBits.of(expected.values()));
        }
    }

    @Test
    void bytesAreDeterminedByTheInput() throws IOException {
        Safetensors.write(file(), List.of(new Tensor("b", new int[] {2}, new float[] {1, 2}),
                new Tensor("a", new int[] {1, 1}, new float[] {-0f})), Map.of("k", "v"));
        String header = "{\"__metadata__\":{\"k\":\"v\"},"
                + tensor("b", "F32", "[2]", "[0,8]") + "," + tensor("a", "F32", "[1,1]", "[8,12]") + "}";
        byte[] bytes = Files.readAllBytes(file());
        int length = header.length() + 7 & ~7;
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(length);
        assertThat(new String(bytes, 8, length, StandardCharsets.US_ASCII)).startsWith(header)
                .isEqualToIgnoringWhitespace(header);
        assertThat(Arrays.copyOfRange(bytes, 8 + length, bytes.length))
                .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0, 0x80);
    }

    @Test
    void tensorsComeInTheOrderOfTheirBytes() {
        written(-1, "{" + tensor("late", "F32", "[1]", "[4,8]")
                + "," + tensor("early", "F32", "[1]", "[0,4]") + "}", 8);
        assertThat(Safetensors.read(file()).tensors().keySet()).containsExactly("early", "late");
    }

    @Test
    void noTensorsAndNoMetadataIsAFile() {
        Safetensors.write(file(), List.of(), Map.of());
        assertThat(Safetensors.read(file()).tensors()).isEmpty();
    }

    @Test
    void everyCutIsRefused() throws IOException {
        Safetensors.write(file(), List.of(random("w", 1, 3, 2)), Map.of());
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            refused("m.safetensors: ");
        }
        Files.write(file(), Arrays.copyOf(whole, whole.length + 1));
        refused("1 bytes after the last tensor");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "1000", "100000001", "4294967296", "9223372036854775807", "-9223372036854775808", "-1"})
    void lyingHeaderLengthsAreRefused(long length) throws IOException {
        byte[] whole = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        Files.write(file(), whole);
        refused("header length " + Long.toUnsignedString(length) + " in a file of 64 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[2]|[0,12]|within the 8 bytes", "[2]|[4,0]|data_offsets", "[2]|[-8,0]|data_offsets", "[2]|[0]|data_offsets",
        "[2]|[0.0,8]|data_offsets", "[2]|[0,99999999999999999999]|data_offsets", "[3]|[0,8]|expected 12 bytes",
        "[1]|[0,8]|expected 4 bytes", "[]|[0,8]|expected 4 bytes", "[4294967298]|[0,8]|at most 2^31",
        "[65536,65536,65536]|[0,8]|at most 2^31", "[2147483647,2147483647]|[0,8]|at most 2^31",
        "[4611686018427387904,4]|[0,8]|at most 2^31", "[-2]|[0,8]|shape", "[\"2\"]|[0,8]|shape", "2|[0,8]|shape",
        "[2]|[4,12]|within the 8 bytes", "[1]|[4,8]|after a hole", "[1]|[0,4]|4 bytes after the last tensor"})
    void lyingTensorsAreRefused(String shape, String offsets, String part) {
        written(-1, "{" + tensor("w", "F32", shape, offsets) + "}", 8);
        refused("m.safetensors", part);
    }

    @Test
    void overlapsAreRefused() {
        written(-1, "{" + tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("b", "F32", "[2]", "[4,12]") + "}", 12);
        refused("\"b\" starts at byte 4, overlapping another", "byte 8");
        written(-1, "{" + tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("b", "F32", "[2]", "[0,8]") + "}", 8);
        refused("overlapping");
    }

    @Test
    void headersThatAreNotOnesAreRefused() {
        String sound = tensor("w", "F32", "[2]", "[0,8]");
        written(-1, "{" + sound + "," + sound + "}", 8);
        refused("not valid JSON", "Duplicate field 'w'");
        written(-1, "{" + sound + "} {}", 8);
        refused("not valid JSON");
        written(-1, "{" + sound, 8);
        refused("not valid JSON");
        written(-1, "[1, 2]", 8);
        refused("not a JSON object");
        written(-1, "{\"w\": {\"dtype\": \"F32\"}}", 8);
        refused("tensor \"w\" is not described");
        written(-1, "{\"w\": [1, 2, 3]}", 8);
        refused("tensor \"w\" is not described");
        written(-1, "{\"__metadata__\": {\"a\": 1}," + sound + "}", 8);
        refused("__metadata__ \"a\" is not a string");
        written(-1, "{\"__metadata__\": \"a\"," + sound + "}", 8);
        refused("__metadata__ is not an object");
        written(-1, "{\"a\":".repeat(5_000), 8);
        refused("not valid JSON");
        AtomicFile.write(file(), out -> out.write(new byte[] {3, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff, '}'}));
        refused("not UTF-8");
    }

    @Test
    void namesWithLineEndsStillGiveOneLine() {
        written(-1, "{" + tensor("a\\nb\\u2028" + "c".repeat(5_000), "I64", "[1]", "[0,8]") + "}", 8);
        refused("tensor \"a b c", "has dtype \"I64\"", "F32");
    }

    @Test
    void valuesThatAreNotFiniteAreReadAndReported() {
        Safetensors.write(file(), List.of(new Tensor("fine", new int[] {1}, new float[] {1}),
                new Tensor("w", new int[] {2, 2}, new float[] {0, 1, Float.NaN, 3})), Map.of());
        Safetensors read = Safetensors.read(file());
        assertThat(read.tensors().get("w").values()[2]).isNaN();
        Refusal.of(folder, read::requireFinite, "NaN at index 2 of tensor w", "m.safetensors");
    }

    @Test
    void otherArchitecturesAreRefused() {
        Safetensors.write(file(), List.of(random("w", 1, 3, 2)), Map.of("seed", "1"));
        Safetensors read = Safetensors.read(file());
        Refusal.of(folder, () -> read.require("w", 2, 3), "w has shape [3, 2]", "expected w [2, 3]");
        Refusal.of(folder, () -> read.require("v", 2, 3), "has no tensor v");
        Refusal.of(folder, () -> read.require("step"), "has no metadata \"step\"");
        assertThat(read.require("seed")).isEqualTo("1");
    }

    @Test
    void misuseIsRefusedBeforeWriting() {
        Tensor tensor = random("w", 1, 2);
        assertThatThrownBy(() -> Safetensors.write(file(), List.of(tensor, tensor), Map.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("w is taken");
        assertThatThrownBy(() -> new Tensor("w", new int[] {2, 2}, new float[3]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[2, 2]");
        assertThat(folder).isEmptyDirectory();
    }
}
