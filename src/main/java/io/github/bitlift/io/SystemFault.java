package io.github.bitlift.io;

/**
 * The machine failed, not the user: a device, a driver, a download, a graphics library. The command line prints the
 * message, which names the remedy where there is one, and exits with 3.
 */
public class SystemFault extends RuntimeException {

    public SystemFault(String message) {
        super(message);
    }

    public SystemFault(String message, Throwable cause) {
        super(message, cause);
    }
}
