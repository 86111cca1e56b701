package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Sums;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import jcuda.driver.CUdeviceptr;

/** A program's operands: turned into addresses when it is compiled, and watched for being closed while it lives. */
final class Operands {
    private final Context context;
    private final Set<CudaBuffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<CudaSums> sums = Collections.newSetFromMap(new IdentityHashMap<>());

    Operands(Context context) {
        this.context = context;
    }

    /**
     * The address of a matrix' first element; null for none.
     *
     * @param role what the operand is, for messages
     * @throws IllegalArgumentException if it belongs to another backend
     */
    Value at(String role, Matrix matrix) {
        return matrix == null ? Value.NULL : Value.of(buffer(role, matrix).address() + 4 * matrix.offset());
    }

    /** A pointer to a matrix' first element. */
    CUdeviceptr pointer(String role, Matrix matrix) {
        return buffer(role, matrix).start().withByteOffset(4 * matrix.offset());
    }

    private CudaBuffer buffer(String role, Matrix matrix) {
        if (!(matrix.buffer() instanceof CudaBuffer buffer) || !buffer.isOf(context)) {
            throw new IllegalArgumentException("operand " + role + " " + matrix.shape() + " belongs to another backend");
        }
        buffers.add(buffer);
        return buffer;
    }

    /** The address of the first of some sums. */
    Value at(String role, Sums results) {
        if (!(results instanceof CudaSums own) || !own.isOf(context)) {
            throw new IllegalArgumentException(
                    "operand " + role + " (" + results.length() + " sums) belongs to another backend");
        }
        sums.add(own);
        return Value.of(own.address());
    }

    /** @throws IllegalStateException if one was closed */
    void requireOpen() {
        if (buffers.stream().anyMatch(CudaBuffer::isClosed) || sums.stream().anyMatch(CudaSums::isClosed)) {
            throw new IllegalStateException("an operand of the program is closed");
        }
    }
}
