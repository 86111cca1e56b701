package io.github.bitlift.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a file whole or not at all: to a temporary name in the same folder, synced to the disk, then renamed over the
 * target. Whoever reads the target sees the old bytes or the new ones, also after a power cut.
 *
 * <p>On failure the temporary file is removed and the target is as before. A process killed while writing leaves
 * {@code .bitlift-PID-N.tmp}; the next write into that folder removes it once that process is gone.
 */
public final class AtomicFile {

    private static final Pattern TEMPORARY = Pattern.compile("\\.bitlift-(\\d{1,18})-\\d+\\.tmp");

    /** Produces the content of a file. */
    @FunctionalInterface
    public interface Writer {
        /** Writes everything to {@code out}, which is buffered and which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {
    }

    /**
     * Writes {@code target}, replacing what was there. A symbolic link is followed; a device or a pipe such as
     * {@code /dev/stdout}, which nothing can be renamed over, is written to directly.
     *
     * @throws InputException if the target can't be written: missing folder, no permission, no space, a folder itself
     */
    public static void write(Path target, Writer body) {
        write(target, body, UnaryOperator.identity());
    }

    /** The same with {@code wrap} put round the raw stream, through which tests make the disk fail. */
    static void write(Path target, Writer body, UnaryOperator<OutputStream> wrap) {
        Path file = destination(target);
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                try (OutputStream out = new BufferedOutputStream(wrap.apply(Files.newOutputStream(file)))) {
                    body.writeTo(out);
                }
            } else {
                replace(file, body, wrap);
            }
        } catch (IOException problem) {
            throw InputException.unwritable(target, problem);
        } catch (UncheckedIOException problem) {
            throw InputException.unwritable(target, problem.getCause());
        }
    }

    private static void replace(Path file, Writer body, UnaryOperator<OutputStream> wrap) throws IOException {
        Path folder = file.getParent();
        removeAbandoned(folder);
        Path temporary = create(folder);
        boolean renamed = false;
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                    OutputStream raw = wrap.apply(Channels.newOutputStream(channel));
                    OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
                body.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            renamed = true;
            sync(folder);
        } finally {
            if (!renamed) { // once renamed, the name may be another thread's
                deleteQuietly(temporary);
            }
        }
    }

    /** The absolute path to write, links resolved, after every check that needs no writing. */
    private static Path destination(Path target) {
        Path file = target.toAbsolutePath();
        if (Files.isDirectory(file)) {
            throw InputException.in(target, "is a folder", "the name of a file to write");
        }
        if (Files.isSymbolicLink(file) && Files.isRegularFile(file)) {
            try {
                file = file.toRealPath();
            } catch (IOException problem) {
                throw InputException.unwritable(target, problem);
            }
        }
        Path folder = file.getParent();
        if (!Files.isDirectory(folder)) {
            String problem = Files.exists(folder) ? "is not a folder" : "does not exist";
            throw InputException.in(target, "cannot be written: " + folder + " " + problem, "an existing folder");
        }
        boolean special = Files.exists(file) && !Files.isRegularFile(file);
        if (!special && !Files.isWritable(folder) || Files.exists(file) && !Files.isWritable(file)) {
            throw InputException.in(target, "cannot be written: permission denied", "a writable file and folder");
        }
        return file;
    }

    /** A new empty file, readable as the user's umask says (a JDK temporary file would be private). */
    private static Path create(Path folder) throws IOException {
        long process = ProcessHandle.current().pid();
        for (int number = 0;; number++) {
            try {
                return Files.createFile(folder.resolve(".bitlift-" + process + "-" + number + ".tmp"));
            } catch (FileAlreadyExistsException taken) {
                // Another thread of this process is writing into the same folder: take the next number.
            }
        }
    }

    private static void removeAbandoned(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".bitlift-*.tmp")) {
            for (Path file : files) {
                Matcher name = TEMPORARY.matcher(file.getFileName().toString());
                if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    deleteQuietly(file);
                }
            }
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ignored) {
            // The failure that led here is the one to report.
        }
    }

    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // The file itself is safe; some file systems can't open or sync a folder.
        }
    }
}
