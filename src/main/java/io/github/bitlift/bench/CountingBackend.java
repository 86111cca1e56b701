package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import java.util.List;

/** Another backend that counts the work of the programs it runs. Closing it leaves the other one open. */
class CountingBackend implements Backend {
    private final Backend backend;
    private Work done = Work.NONE;

    CountingBackend(Backend backend) {
        this.backend = backend;
    }

    /** The work since the last call. */
    Work take() {
        Work taken = done;
        done = Work.NONE;
        return taken;
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public Memory memory() {
        return backend.memory();
    }

    @Override
    public Buffer allocate(long length) {
        return backend.allocate(length);
    }

    @Override
    public Sums allocateSums(int slots) {
        return backend.allocateSums(slots);
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        Work work = WorkCounter.of(operations);
        Program program = backend.compile(operations);
        return new Program() {
            @Override
            public void run() {
                program.run();
                done = done.plus(work);
            }

            @Override
            public void close() {
                program.close();
            }
        };
    }

    @Override
    public void close() {
        // The other backend belongs to someone else.
    }
}
