package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import java.util.List;

/** The reference with a planted bug: from its second run on, a program carries out its operations twice. */
final class ForgetfulBackend implements Backend {
    private final Backend reference = new ReferenceBackend();

    @Override
    public String name() {
        return "forgetful";
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public Memory memory() {
        return reference.memory();
    }

    @Override
    public Buffer allocate(long length) {
        return reference.allocate(length);
    }

    @Override
    public Sums allocateSums(int slots) {
        return reference.allocateSums(slots);
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        Program right = reference.compile(operations);
        return new Program() {
            private boolean again;

            @Override
            public void run() {
                right.run();
                if (again) {
                    right.run();
                }
                again = true;
            }

            @Override
            public void close() {
                right.close();
            }
        };
    }

    @Override
    public void close() {
        reference.close();
    }
}
