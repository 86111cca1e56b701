package io.github.bitlift.cli;

import io.github.bitlift.io.AtomicFile;
import io.github.bitlift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A run's folder and the files it may hold. */
final class RunFolder {
    /** In the order in which an old run is removed: first what a new run must not find. */
    private static final List<String> FILES = List.of(
            "checkpoint.safetensors", "run.json", "metrics.csv", "model.safetensors", "manifest.json", "report.json",
            "curves.png", "samples.png", "confusion.png");

    private final Path path;
    private Path madeFrom;

    RunFolder(Path path) {
        if (path.toString().isEmpty()) {
            throw new InputException("--out '': expected the name of a folder");
        }
        this.path = path;
    }

    Path path() {
        return path;
    }

    Path run() {
        return path.resolve("run.json");
    }

    Path checkpoint() {
        return path.resolve("checkpoint.safetensors");
    }

    Path metrics() {
        return path.resolve("metrics.csv");
    }

    Path model() {
        return path.resolve("model.safetensors");
    }

    Path manifest() {
        return path.resolve("manifest.json");
    }

    Path report() {
        return path.resolve("report.json");
    }

    Path curves() {
        return path.resolve("curves.png");
    }

    Path samples() {
        return path.resolve("samples.png");
    }

    Path confusion() {
        return path.resolve("confusion.png");
    }

    /** Whether a run was started here. */
    boolean hasRun() {
        return Files.exists(run());
    }

    /** Refuses a folder that a new run can't use, before anything is loaded. */
    void requireFree(boolean overwrite) {
        requireWritable();
        boolean used = hasRun() || Files.exists(checkpoint()) || Files.exists(model());
        if (used && !overwrite) {
            throw InputException.in(path, "holds a run already", "--resume, --overwrite, or another --out");
        }
    }

    /** Refuses to resume what was never started, unless starting it anew loses nothing. */
    void requireUnstarted(boolean optionsGiven) {
        requireWritable();
        if (!optionsGiven) {
            throw InputException.in(path, "has no run to resume", "a folder with run.json, or --task to start there");
        }
        if (Files.exists(checkpoint())) {
            throw InputException.in(path, "has a checkpoint but no run.json", "both, or another --out");
        }
    }

    private void requireWritable() {
        Path existing = path.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw InputException.in(path, "cannot be made: " + existing + " is not a folder", "a path for a new folder");
        }
        if (!Files.isWritable(existing)) {
            throw InputException.in(path, "cannot be written: permission denied in " + existing, "a writable folder");
        }
    }

    /** Makes the folder and removes a former run's files, and nothing else. */
    void prepare() {
        Path existing = path.toAbsolutePath().normalize();
        while (!Files.exists(existing)) {
            madeFrom = existing;
            existing = existing.getParent();
        }
        try {
            Files.createDirectories(path);
            removeFiles();
        } catch (IOException problem) {
            abandon();
            throw InputException.unwritable(path, problem);
        }
    }

    /** As {@link #prepare}, then with all that another run needs to be resumed; run.json, which says there is one, comes last. */
    void copy(RunFolder other) {
        prepare();
        for (Path file : List.of(other.checkpoint(), other.metrics(), other.run())) {
            byte[] content;
            try {
                content = Files.readAllBytes(file);
            } catch (IOException problem) {
                throw InputException.unreadable(file, problem);
            }
            AtomicFile.write(path.resolve(file.getFileName()), out -> out.write(content));
        }
    }

    private void removeFiles() throws IOException {
        for (String name : FILES) {
            Files.deleteIfExists(path.resolve(name));
        }
    }

    /** Undoes {@link #prepare} after a failure: nothing half-made is left behind. */
    void abandon() {
        try {
            removeFiles();
            Path made = path.toAbsolutePath().normalize();
            while (madeFrom != null && isEmpty(made)) {
                Files.delete(made);
                madeFrom = made.equals(madeFrom) ? null : madeFrom;
                made = made.getParent();
            }
        } catch (IOException ignored) {
            // The failure that led here is the one to report.
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }
}
