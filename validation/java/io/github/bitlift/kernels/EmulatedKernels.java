package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.emulator.Device;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.emulator.Natives;
import java.io.IOException;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;

/** The kernels on the emulated CUDA driver, with operands between guard cells; one instance per case. */
final class EmulatedKernels implements AutoCloseable {
    private static final String[] ORDERS = {"forward", "reverse", "random:7"};
    /** Numbers on either side of an operand; keeps it aligned to 16 bytes. */
    private static final int GUARD = 8;
    private static final int GUARD_BITS = 0x7fa5c3e1;

    private final Device device = new Device();

    private EmulatedKernels() {}

    /** For each test class, before anything else; skips it, with the reason, where the driver can't be built. */
    static void load() throws IOException {
        Emulator.load();
        Natives.load();
    }

    /**
     * A context with all kernels.
     *
     * @param turn chooses the order in which threads and blocks run
     */
    static EmulatedKernels open(int turn) {
        EmulatedDriver.order(ORDERS[turn % ORDERS.length]);
        return new EmulatedKernels();
    }

    /** Binary32 numbers, {@code misalignment} of them past a multiple of 16 bytes. */
    Operand floats(float[] values, int misalignment) {
        int[] words = new int[values.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = Float.floatToRawIntBits(values[i]);
        }
        return new Operand(words, misalignment);
    }

    /** Binary64 numbers. */
    Operand doubles(double... values) {
        int[] words = new int[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            long bits = Double.doubleToRawLongBits(values[i]);
            words[2 * i] = (int) bits;
            words[2 * i + 1] = (int) (bits >>> 32);
        }
        return new Operand(words, 0);
    }

    /** Anything else, little-endian. */
    Operand words(int[] words) {
        return new Operand(words, 0);
    }

    /** Launches a kernel; parameters are numbers, operands, and null for null pointers. */
    void launch(String kernel, int[] grid, int[] block, Object... parameters) {
        Object[] values = new Object[parameters.length];
        for (int i = 0; i < values.length; i++) {
            Object parameter = parameters[i];
            values[i] = parameter == null ? new CUdeviceptr()
                    : parameter instanceof Operand operand ? operand.at() : parameter;
        }
        device.launch(kernel, new int[] {grid[0], grid[1], 1}, new int[] {block[0], block[1], 1}, 0, null, values);
    }

    /** The same with a grid and blocks of one dimension. */
    void launch(String kernel, int grid, int block, Object... parameters) {
        launch(kernel, new int[] {grid, 1}, new int[] {block, 1}, parameters);
    }

    @Override
    public void close() {
        device.close();
    }

    /** Numbers in device memory. */
    final class Operand {
        private final int[] initial;
        private final int from;
        private final CUdeviceptr base;

        private Operand(int[] words, int misalignment) {
            initial = words;
            from = GUARD + misalignment;
            int[] guarded = new int[from + words.length + GUARD];
            Arrays.fill(guarded, GUARD_BITS);
            System.arraycopy(words, 0, guarded, from, words.length);
            base = device.upload(guarded);
        }

        CUdeviceptr at() {
            return base.withByteOffset(4L * from);
        }

        long address() {
            return Device.address(base) + 4L * from;
        }

        /** What it holds after all launches; fails if a guard cell has changed. */
        private int[] read() {
            int[] all = device.ints(base, from + initial.length + GUARD);
            for (int i = 0; i < all.length; i++) {
                if ((i < from || i >= from + initial.length) && all[i] != GUARD_BITS) {
                    throw new AssertionError("element " + (i - from) + " of " + initial.length + " was written");
                }
            }
            return Arrays.copyOfRange(all, from, from + initial.length);
        }

        float[] toFloats() {
            int[] words = read();
            float[] values = new float[words.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.intBitsToFloat(words[i]);
            }
            return values;
        }

        double[] toDoubles() {
            int[] words = read();
            double[] values = new double[words.length / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.longBitsToDouble((words[2 * i] & 0xffffffffL) | (long) words[2 * i + 1] << 32);
            }
            return values;
        }

        /** Fails if a kernel has written it. */
        void requireUnchanged(String name) {
            assertThat(Arrays.equals(read(), initial)).as(name + " unchanged").isTrue();
        }
    }
}
