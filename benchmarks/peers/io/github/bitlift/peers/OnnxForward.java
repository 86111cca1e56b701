package io.github.bitlift.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A chain's forward pass by ONNX Runtime: all optimisations, a model of fixed shape, and input and output in direct buffers
 * that every run uses again.
 */
final class OnnxForward implements AutoCloseable {
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final FloatBuffer outputs;
    private final OnnxTensor x;
    private final OnnxTensor y;

    OnnxForward(Chain chain, float[] inputs, int rows, int threads) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer direct = direct(inputs.length).put(inputs).rewind();
        outputs = direct(rows * chain.outputs());
        try {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(OnnxChain.model(chain, rows), options);
            x = OnnxTensor.createTensor(environment, direct, new long[] {rows, chain.in(0)});
            y = OnnxTensor.createTensor(environment, outputs, new long[] {rows, chain.outputs()});
        } catch (OrtException refused) {
            throw new IllegalStateException("ONNX Runtime refuses " + chain.name(), refused);
        }
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(Float.BYTES * length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    void run() {
        try {
            session.run(Map.of("x", x), Map.of("y", y)).close();
        } catch (OrtException failed) {
            throw new IllegalStateException("ONNX Runtime failed", failed);
        }
    }

    float[] outputs() {
        float[] values = new float[outputs.capacity()];
        outputs.get(0, values);
        return values;
    }

    @Override
    public void close() {
        x.close();
        y.close();
        options.close();
        try {
            session.close();
        } catch (OrtException failed) {
            throw new IllegalStateException("ONNX Runtime can't close its session", failed);
        }
    }
}
