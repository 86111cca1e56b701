package io.github.bitlift.backend;

/** A device or system fault (no memory, no driver, a failed launch): names operation, sizes and device. */
public class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A fault described in one line. */
    public BackendException(String message) {
        super(message);
    }

    /** A fault described in one line, and what caused it. */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
