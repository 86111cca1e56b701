package io.github.bitlift.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Bad use or bad input: something the user can put right. The command line prints the message and exits with 2.
 *
 * <p>The message is always one line, even where it quotes a hostile file: what is wrong, where, what was expected.
 */
public class InputException extends RuntimeException {

    private static final int LONGEST = 1_000;

    public InputException(String message) {
        super(oneLine(message));
    }

    public InputException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** The usual form, {@code FILE: problem; expected …}. */
    public static InputException in(Path file, String problem, String expected) {
        return new InputException(name(file) + ": " + problem + "; expected " + expected);
    }

    /** A file that can't be read, with the operating system's reason in plain words. */
    public static InputException unreadable(Path file, IOException cause) {
        return new InputException(name(file) + ": cannot be read: " + reason(cause), cause);
    }

    /** A file or folder that can't be written, with the operating system's reason in plain words. */
    public static InputException unwritable(Path file, IOException cause) {
        return new InputException(name(file) + ": cannot be written: " + reason(cause), cause);
    }

    private static String name(Path file) {
        return file.toString().isEmpty() ? "''" : file.toString();
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof EOFException) {
            return "it ends too early";
        }
        if (cause instanceof FileSystemException problem && problem.getReason() != null) {
            return problem.getReason();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String oneLine(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
