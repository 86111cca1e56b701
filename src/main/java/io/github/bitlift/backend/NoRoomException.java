package io.github.bitlift.backend;

/** An allocation for which the device or the Java heap has no room; the backend stays usable. */
public final class NoRoomException extends BackendException {
    private static final long serialVersionUID = 1L;

    /** A fault described in one line, and what caused it, or null. */
    public NoRoomException(String message, Throwable cause) {
        super(message, cause);
    }
}
