package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("x.npy");
    }

    /** A file of the given version, header text and number of value bytes, all zero. */
    private Path written(int version, String header, int bytes) throws IOException {
        int width = version == 1 ? 2 : 4;
        ByteBuffer buffer = ByteBuffer.allocate(8 + width + header.length() + bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (width == 2) {
            buffer.putShort((short) header.length());
        } else {
            buffer.putInt(header.length());
        }
        return Files.write(file(), buffer.put(header.getBytes(StandardCharsets.ISO_8859_1)).array());
    }

    private static String header(String descr, String order, String shape) {
        return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }   \n";
    }

    private void refused(String... parts) {
        Refusal.of(folder, () -> Npy.read(file()), parts);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "255,256", "257,1031"})
    void readsBackTheSameBits(int rows, int columns) {
        Random random = new Random(rows);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(any) ? any : -0f;
        }
        Npy.write(file(), new FloatTable(rows, columns, values));
        FloatTable read = Npy.read(file());
        assertThat(read.rows()).isEqualTo(rows);
        assertThat(read.columns()).isEqualTo(columns);
        assertThat(FloatBits.of(read.values())).isEqualTo(FloatBits.of(values));
    }

    @Test
    void writesWhatNumPyWrites() throws IOException {
        Npy.write(file(), new FloatTable(1, 2, new float[] {1, -2}));
        byte[] bytes = Files.readAllBytes(file());
        assertThat(bytes).hasSize(128 + 8);
        assertThat(Arrays.copyOf(bytes, 10)).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII)).isEqualTo(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }" + " ".repeat(58) + "\n");
        assertThat(Arrays.copyOfRange(bytes, 128, 136)).containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsAllVersionsAndKeysInAnyOrder(int version) throws IOException {
        written(version, "{'shape':(2,3),'descr':'<f4','fortran_order':False}", 24);
        assertThat(Npy.read(file()).values()).hasSize(6).containsOnly(0f);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {
        "'<f8';float64", "'<f2';float16", "'>f4';float32 big-endian", "'<i8';int64", "'|u1';uint8", "'|b1';bool",
        "'|O';object", "'<c8';complex64", "[('a', '<f4')];structured", "'<U5';string"})
    void otherTypesAreRefusedByName(String descr, String name) throws IOException {
        written(1, header(descr, "False", "(2, 3)"), 24);
        refused("x.npy: dtype " + name + " (" + descr + ")", "float32", ".astype(");
    }

    @Test
    void otherOrdersAndShapesAreRefused() throws IOException {
        written(1, header("'<f4'", "True", "(2, 3)"), 24);
        refused("Fortran order", "np.ascontiguousarray");
        written(1, header("'<f4'", "False", "(6,)"), 24);
        refused("shape (6,)", "two axes");
        written(1, header("'<f4'", "False", "()"), 4);
        refused("shape ()", "two axes");
        written(1, header("'<f4'", "False", "(1, 2, 3)"), 24);
        refused("shape (1, 2, 3)", "reshape(len(array), -1)");
        written(1, header("'<f4'", "False", "(0, 3)"), 0);
        refused("shape (0, 3)");
        written(1, header("'<f4'", "False", "(-1, 3)"), 0);
        refused("shape (-1, 3)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(2147483647, 2147483647)", "(46341, 46341)", "(2, 4)", "(1073741824, 4)"})
    void claimsBeyondTheFileAreRefusedBeforeAllocation(String shape) throws IOException {
        written(1, header("'<f4'", "False", shape), 24);
        refused("truncated: 24 bytes of values for shape " + shape);
    }

    @Test
    void lengthsBeyondAnyArrayAreRefused() throws IOException {
        written(1, header("'<f4'", "False", "(99999999999999999999999, 3)"), 24);
        refused("shape (99999999999999999999999, 3)", "2147483647");
        written(1, header("'<f4'", "False", "(4294967297, 6)"), 24);
        refused("shape (4294967297, 6)");
    }

    @Test
    void everyCutIsRefused() throws IOException {
        Npy.write(file(), new FloatTable(2, 3, new float[] {1, 2, 3, 4, 5, 6}));
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            refused("x.npy", length < 10 ? "not a NumPy file" : "truncated");
        }
        Files.write(file(), Arrays.copyOf(whole, whole.length + 3));
        refused("3 trailing bytes", "24 bytes");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Files.writeString(file(), "sample,feature\n1,2\n");
        refused("not a NumPy file", "np.save");
        Files.write(file(), new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 9, 1, 0, 0});
        refused("format version 9.1");
        written(2, " ".repeat(70_000), 0);
        refused("header of 70000 bytes");
        for (String header : new String[] {"", "{}", "{'descr': '<f4'}", "no dictionary",
            header("'<f4'", "False", "(2, 3)") + "more", "{'descr': '<f4', 'fortran_order': '<f4', 'shape': (1, 1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'x': 1}"}) {
            written(1, header, 24);
            refused("header cannot be understood");
        }
        written(1, "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}", 24);
        refused("names 'descr' twice");
        Files.delete(file());
        refused("no such file");
        Files.createDirectory(file());
        refused("is a folder");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void valuesThatAreNotFiniteAreNamed(float value) {
        Npy.write(file(), new FloatTable(3, 4, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, value, value}));
        refused(value + " in row 2, column 2");
    }

    @Test
    void fullDiskLeavesNothing() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "/dev/full is not there");
        Refusal.of(folder, () -> Npy.write(full, new FloatTable(1, 1, new float[1])), "No space left on device");
    }

    @Test
    void imagesComeBack() {
        float[] values = new float[24];
        for (int i = 0; i < 24; i++) {
            values[i] = i;
        }
        for (boolean single : new boolean[] {true, false}) {
            Npy.write(file(), new FloatImages(single ? 1 : 2, single ? 6 : 3, 4, single, values));
            FloatImages read = Npy.readImages(file());
            assertThat(read.single()).isEqualTo(single);
            assertThat(new int[] {read.count(), read.height(), read.width()})
                    .containsExactly(single ? 1 : 2, single ? 6 : 3, 4);
            assertThat(read.values()).isEqualTo(values);
        }
    }

    @Test
    void imagesOfOtherShapesAreRefused() throws IOException {
        for (String shape : new String[] {"(6,)", "(1, 1, 2, 3)"}) {
            written(1, header("'<f4'", "False", shape), 24);
            Refusal.of(folder, () -> Npy.readImages(file()), "shape " + shape, "(images, height, width)");
        }
        written(1, header("'<f4'", "False", "(1, 0, 6)"), 24);
        Refusal.of(folder, () -> Npy.readImages(file()), "shape (1, 0, 6)", "images, rows and columns");
        written(1, header("'<f4'", "False", "(2147483647, 2147483647, 2147483647)"), 24);
        Refusal.of(folder, () -> Npy.readImages(file()), "truncated: 24 bytes");
        written(1, header("'<f4'", "False", "(1, 1, 5)"), 24);
        Refusal.of(folder, () -> Npy.readImages(file()), "4 trailing bytes");
    }
}
