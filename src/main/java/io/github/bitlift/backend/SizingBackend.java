package io.github.bitlift.backend;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A backend that allocates and computes nothing: it keeps the account of what another one's buffers would hold. Whatever is
 * built on it tells its size by {@link #memory}; reads give zeros. The patches that programs
 * with convolutions need are in it, and what {@link #scratchBytes} says; other scratch memory that a device's programs own isn't.
 */
public final class SizingBackend implements Backend {
    private final Memory memory = new Memory();
    private final Backend like;

    /** Of a backend whose programs hold nothing. */
    public SizingBackend() {
        this(null);
    }

    /** Of a backend that is there. */
    public SizingBackend(Backend like) {
        this.like = like;
    }

    @Override
    public String name() {
        return "sizing";
    }

    @Override
    public String description() {
        return "counts bytes, computes nothing";
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public boolean fuses(TvPdhg operation) {
        return like != null && like.fuses(operation);
    }

    @Override
    public long scratchBytes(TvPdhg operation) {
        return like == null ? 0 : like.scratchBytes(operation);
    }

    @Override
    public Buffer allocate(long length) {
        memory.take(Math.multiplyExact(length, (long) Float.BYTES), "a buffer");
        return new Length(memory, length);
    }

    @Override
    public Sums allocateSums(int slots) {
        return new HostSums(slots);
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        Lowering lowering = new Lowering(this, operations);
        Scratch scratch = Scratch.of(this, lowering.operations());
        return new Program() {
            @Override
            public void run() {
                // Only sizes count.
            }

            @Override
            public void close() {
                scratch.close();
                lowering.close();
            }
        };
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private static final class Length implements Buffer {
        private final Memory memory;
        private final long length;
        private boolean closed;

        Length(Memory memory, long length) {
            this.memory = memory;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void write(long at, float[] source, int from, int count) {
            Objects.checkFromIndexSize(at, count, length);
        }

        @Override
        public void read(long at, float[] target, int from, int count) {
            Objects.checkFromIndexSize(at, count, length);
            Arrays.fill(target, from, from + count, 0f);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                memory.give(Float.BYTES * length);
            }
        }
    }
}
