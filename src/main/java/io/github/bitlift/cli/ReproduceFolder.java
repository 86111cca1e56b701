package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A report's folder, marked as such by {@code experiment.json}.
 *
 * @param path the folder
 * @param name of the experiment
 * @param scale of the experiment
 * @param seed of the experiment
 */
record ReproduceFolder(Path path, String name, String scale, long seed) {
    private static final List<String> REPORTS = List.of("report.json", "report.md");

    /** Refuses a folder that holds anything but an earlier, perhaps unfinished, report of the same experiment. */
    void requireOwn(boolean resume) {
        new RunFolder(path).requireFree(true);
        if (Files.exists(marker())) {
            ObjectNode found = Json.read(marker());
            if (!found.equals(description())) {
                throw InputException.in(path, "holds another experiment: " + Json.line(found),
                        Json.line(description()) + ", or another --out");
            }
        } else if (!isEmpty()) {
            throw InputException.in(path, "holds other files", "an empty folder or an earlier report");
        } else if (resume) {
            throw InputException.in(path, "has nothing to resume", "a folder with experiment.json, or no --resume");
        }
    }

    /** Makes and marks the folder; an earlier report goes, lest it be taken for this one's. */
    void prepare() {
        try {
            Files.createDirectories(path);
            for (String report : REPORTS) {
                Files.deleteIfExists(path.resolve(report));
            }
        } catch (IOException problem) {
            throw InputException.unwritable(path, problem);
        }
        Json.write(marker(), description());
    }

    private Path marker() {
        return path.resolve("experiment.json");
    }

    private ObjectNode description() {
        return Json.object().put("experiment", name).put("scale", scale).put("seed", Long.toString(seed));
    }

    private boolean isEmpty() {
        if (!Files.exists(path)) {
            return true;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }
}
