package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import java.util.List;

/** A backend that keeps no numbers: networks of any size can be laid out on it and described. */
final class Outline implements Backend {

    private static final class Extent implements Buffer {
        private final long length;

        Extent(long length) {
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void write(long at, float[] source, int from, int count) {
            // Nothing is kept.
        }

        @Override
        public void read(long at, float[] target, int from, int count) {
            throw new UnsupportedOperationException("an outline has no numbers");
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Override
    public String name() {
        return "outline";
    }

    @Override
    public String description() {
        return "shapes alone";
    }

    @Override
    public Buffer allocate(long length) {
        return new Extent(length);
    }

    @Override
    public Sums allocateSums(int slots) {
        throw new UnsupportedOperationException("an outline has no numbers");
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        return new Program() {
            @Override
            public void run() {
                // There are no numbers to change.
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
