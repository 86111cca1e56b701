package io.github.bitlift.backend.reference;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Lowering;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import java.util.List;

/** Scalar Java in one thread: slow, obvious, and what every other backend is compared with. */
public final class ReferenceBackend implements Backend {
    private final Memory memory = new Memory();

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "scalar Java, 1 thread";
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public Buffer allocate(long length) {
        return new HostBuffer(length, memory);
    }

    @Override
    public Sums allocateSums(int slots) {
        return new HostSums(slots);
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        Lowering lowering = new Lowering(this, operations);
        List<Operation> fixed = lowering.operations();
        ReferenceKernels kernels = new ReferenceKernels();
        return new Program() {
            @Override
            public void run() {
                for (Operation operation : fixed) {
                    for (HostBuffer buffer : HostBuffer.changedBy(operation)) {
                        buffer.changes();
                    }
                    operation.on(kernels);
                }
            }

            @Override
            public void close() {
                lowering.close();
            }
        };
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
