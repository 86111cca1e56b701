package io.github.bitlift.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file, the format in which PyTorch and others exchange weights: named arrays and a few strings.
 *
 * <p>Only F32 is read; another dtype is refused by name. Every statement of the header is checked against the file
 * before anything is allocated: lengths, offsets, shapes, overlaps, holes, duplicate names. NaN and infinity are read
 * as they are; {@link #requireFinite} refuses them where they would do harm.
 *
 * @param path     where it was read from, for messages
 * @param tensors  by name, in the order of their bytes
 * @param metadata strings by name, in file order
 */
public record Safetensors(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {

    /** Reads a whole file; whatever is wrong with it is an {@link InputException}. */
    public static Safetensors read(Path path) {
        try (InputFile file = InputFile.open(path)) {
            SafetensorsHeader header = SafetensorsHeader.read(file);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                float[] values = file.floats(entry.count(), "tensor " + entry.name());
                tensors.put(entry.name(), new Tensor(entry.name(), entry.shape(), values));
            }
            return new Safetensors(path, tensors, header.metadata());
        }
    }

    /**
     * Writes tensors and metadata in the order given; equal input gives equal bytes.
     *
     * @throws IllegalArgumentException if two tensors have one name
     * @throws InputException           if the file can't be written; what was there before is then untouched
     */
    public static void write(Path path, Collection<Tensor> tensors, Map<String, String> metadata) {
        AtomicFile.write(path, out -> write(out, tensors, metadata));
    }

    static void write(OutputStream out, Collection<Tensor> tensors, Map<String, String> metadata) throws IOException {
        out.write(SafetensorsHeader.format(tensors, metadata));
        for (Tensor tensor : tensors) {
            FloatBytes.write(out, tensor.values());
        }
    }

    /**
     * The tensor of this name and shape.
     *
     * @throws InputException if there is none, or one of another shape: the file belongs to another architecture
     */
    public Tensor require(String name, int... shape) {
        Tensor tensor = tensors.get(name);
        String expected = name + " " + Arrays.toString(shape);
        if (tensor == null) {
            throw InputException.in(path, "has no tensor " + name, expected);
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw InputException.in(path, name + " has shape " + Arrays.toString(tensor.shape()), expected);
        }
        return tensor;
    }

    /** The metadata string of this name, or an {@link InputException}. */
    public String require(String name) {
        String value = metadata.get(name);
        if (value == null) {
            throw InputException.in(path, "has no metadata \"" + name + "\"", "a file written by bitlift");
        }
        return value;
    }

    /**
     * Refuses NaN and infinity.
     *
     * @return this
     * @throws InputException naming the first tensor and index, row-major from 0, of such a value
     */
    public Safetensors requireFinite() {
        for (Tensor tensor : tensors.values()) {
            float[] values = tensor.values();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    throw InputException.in(path,
                            values[i] + " at index " + i + " of tensor " + tensor.name(), "finite values");
                }
            }
        }
        return this;
    }
}
