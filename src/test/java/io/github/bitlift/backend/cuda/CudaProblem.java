package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;

/** Several operations on operands of one backend, and the bits they leave. */
final class CudaProblem implements AutoCloseable {
    private static final int ROWS = 13;
    private static final int COLUMNS = 37;

    private final Backend backend;
    final List<Buffer> buffers = new ArrayList<>();
    final Sums sums;
    final Program program;

    CudaProblem(Backend backend, long seed) {
        this.backend = backend;
        Matrix v = matrix(seed, ROWS);
        Matrix u = matrix(seed + 1, ROWS);
        Matrix residual = matrix(seed + 2, ROWS);
        Matrix m = matrix(seed + 3, ROWS);
        Matrix mean = matrix(seed + 4, 1);
        Buffer small = backend.allocate(3);
        buffers.add(small);
        small.write(0, new float[] {0.1f, 0.2f, 700f}, 0, 3);
        sums = backend.allocateSums(2);
        SoftThreshold map = new SoftThreshold(0.3f);
        List<Operation> operations = List.of(
                new Elementwise(Elementwise.Kind.RESIDUAL, map, 0.5f, v, u, residual),
                new Update(List.of(new Update.Step(Update.Nesterov.of(0.9), v, residual, m, null,
                        Matrix.of(small, 1, 3), null, new Update.Proximal(map, 0.1f, true)))),
                new ColumnSum(List.of(new ColumnSum.Entry(residual, mean, 0.25f))),
                new Reduce(Reduce.Kind.SQUARED_NORM, residual, null, null, sums, 0),
                new Reduce(Reduce.Kind.DOT, v, u, null, sums, 1),
                new Copy(v, u));
        program = backend.compile(operations);
    }

    private Matrix matrix(long seed, int rows) {
        float[] values = new float[rows * COLUMNS];
        Philox random = new Philox(seed, 0);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.normal(i);
        }
        Buffer buffer = backend.allocate(values.length);
        buffer.write(0, values, 0, values.length);
        buffers.add(buffer);
        return Matrix.of(buffer, rows, COLUMNS);
    }

    List<String> run(int times) {
        for (int i = 0; i < times; i++) {
            program.run();
        }
        List<String> bits = new ArrayList<>();
        for (Buffer buffer : buffers) {
            float[] values = new float[(int) buffer.length()];
            buffer.read(0, values, 0, values.length);
            for (float value : values) {
                bits.add(Integer.toHexString(Float.floatToIntBits(value)));
            }
        }
        bits.add(Double.toHexString(sums.get(0)));
        bits.add(Double.toHexString(sums.get(1)));
        return bits;
    }

    @Override
    public void close() {
        program.close();
        sums.close();
        buffers.forEach(Buffer::close);
    }

    /** What the reference leaves. */
    static List<String> expected(long seed, int times) {
        try (Backend reference = new ReferenceBackend(); CudaProblem problem = new CudaProblem(reference, seed)) {
            return problem.run(times);
        }
    }
}
