package io.github.bitlift.peers;

import io.github.bitlift.prox.SoftThreshold;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A chain of affine layers as an ONNX model: Gemm with transposed weights, and Relu or Shrink between them. A model is a
 * protobuf message, written here field by field, with the numbers that {@code onnx.proto} gives its fields.
 */
final class OnnxChain {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;
    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;

    private OnnxChain() {}

    /** The model for a fixed number of rows: from {@code x} {@code [rows, in]} to {@code y} {@code [rows, out]}. */
    static byte[] model(Chain chain, int rows) {
        Message graph = new Message();
        Message initializers = new Message();
        for (int j = 0; j < chain.layers(); j++) {
            boolean last = j + 1 == chain.layers();
            String in = j == 0 ? "x" : "u" + j;
            String affine = last ? "y" : "v" + j;
            graph.message(1, node("Gemm", affine, in, "W" + j, "b" + j).message(5, attribute("transB", 1)));
            if (!last) {
                graph.message(1, activation(chain, "u" + (j + 1), affine));
            }
            initializers.message(5, tensor("W" + j, chain.weight(j), chain.out(j), chain.in(j)));
            initializers.message(5, tensor("b" + j, chain.bias(j), chain.out(j)));
        }
        graph.text(2, "chain").append(initializers).message(11, value("x", rows, chain.in(0)))
                .message(12, value("y", rows, chain.outputs()));
        return new Message().number(1, IR_VERSION).message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET)).bytes();
    }

    private static Message activation(Chain chain, String output, String input) {
        if (chain.sigma() instanceof SoftThreshold soft) {
            float lambda = soft.lambda();
            return node("Shrink", output, input).message(5, attribute("bias", lambda))
                    .message(5, attribute("lambd", lambda));
        }
        return node("Relu", output, input);
    }

    private static Message node(String operator, String output, String... inputs) {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(3, output).text(4, operator);
    }

    private static Message attribute(String name, int value) {
        return new Message().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    private static Message attribute(String name, float value) {
        return new Message().text(1, name).real(2, value).number(20, ATTRIBUTE_FLOAT);
    }

    private static Message tensor(String name, float[] values, int... dimensions) {
        Message tensor = new Message();
        for (int dimension : dimensions) {
            tensor.number(1, dimension);
        }
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor.number(2, FLOAT).text(8, name).field(9, raw.array());
    }

    private static Message value(String name, int... dimensions) {
        Message shape = new Message();
        for (int dimension : dimensions) {
            shape.message(1, new Message().number(1, dimension));
        }
        Message tensor = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protobuf message: a sequence of fields, each with its number and the kind of its encoding. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int LENGTH = 2;
        private static final int FIXED32 = 5;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, int value) {
            return varint(field << 3 | VARINT).varint(value);
        }

        Message real(int field, float value) {
            varint(field << 3 | FIXED32);
            out.writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message text(int field, String value) {
            return field(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return field(field, value.bytes());
        }

        Message field(int field, byte[] value) {
            varint(field << 3 | LENGTH).varint(value.length);
            out.writeBytes(value);
            return this;
        }

        /** Another message's fields. */
        Message append(Message other) {
            out.writeBytes(other.bytes());
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Message varint(int value) {
            int rest = value;
            while ((rest & ~0x7f) != 0) {
                out.write(rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            out.write(rest);
            return this;
        }
    }
}
