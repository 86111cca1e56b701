package io.github.bitlift.backend;

/** An allocation that would bring a backend's {@link Memory} above its limit. */
public final class MemoryLimitException extends BackendException {
    private static final long serialVersionUID = 1L;

    MemoryLimitException(String message) {
        super(message);
    }
}
