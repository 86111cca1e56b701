package io.github.bitlift.bench;

import io.github.bitlift.backend.Program;

/** Something to time: a program, or a training step that runs several. */
interface Load extends AutoCloseable {

    /** Enqueues the work once. */
    void run();

    /** How much it is. */
    Work work();

    @Override
    void close();

    /** One program; closing it frees its operands too. */
    static Load of(Program program, Operands operands, Work work) {
        return new Load() {
            @Override
            public void run() {
                program.run();
            }

            @Override
            public Work work() {
                return work;
            }

            @Override
            public void close() {
                program.close();
                operands.close();
            }
        };
    }
}
