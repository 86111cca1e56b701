package io.github.bitlift.kernels;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The input of the host program, as native-build/host/host_run.cpp describes it. */
final class CaseWriter {
    private static final int NAME = 64;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    CaseWriter name(String kernel) {
        byte[] name = kernel.getBytes(StandardCharsets.US_ASCII);
        bytes.writeBytes(ByteBuffer.allocate(NAME).put(name).array());
        return this;
    }

    CaseWriter ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        bytes.writeBytes(buffer.array());
        return this;
    }

    CaseWriter floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        bytes.writeBytes(buffer.array());
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
