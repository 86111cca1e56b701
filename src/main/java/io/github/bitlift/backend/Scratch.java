package io.github.bitlift.backend;

import java.util.List;

/** What a program holds beside its operands and patches, on its backend's {@link Memory}, until it is closed. */
public final class Scratch implements AutoCloseable {
    private final Memory memory;
    private long bytes;

    private Scratch(Memory memory, long bytes) {
        this.memory = memory;
        this.bytes = bytes;
    }

    /**
     * Enters the most that one of the operations needs, as they run one after the other.
     *
     * @throws MemoryLimitException if it would exceed the account's limit
     */
    public static Scratch of(Backend backend, List<Operation> operations) {
        long most = operations.stream()
                .mapToLong(operation -> operation instanceof TvPdhg tv ? backend.scratchBytes(tv) : 0).max().orElse(0);
        backend.memory().take(most, "a program's scratch");
        return new Scratch(backend.memory(), most);
    }

    @Override
    public void close() {
        memory.give(bytes);
        bytes = 0;
    }
}
