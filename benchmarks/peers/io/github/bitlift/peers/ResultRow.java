package io.github.bitlift.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Bitlift beside one contender, as {@link Comparison} has written it down.
 *
 * @param group the script's word, such as {@code product}
 * @param work what was done
 * @param threads of both
 * @param peer the contender
 * @param level Bitlift's vectors
 * @param ratio their time / ours
 * @param command repeats the row
 * @param setting what else matters, see {@link Setting}
 * @param load the machine's load average when it began, the run's own threads included
 */
record ResultRow(
        String group, String work, int threads, String peer, String level, Spread ratio, String command, Setting setting,
        double load) {

    /** Where and when a row was measured. */
    record Setting(String machine, String jdk, String kernel, String options, String date) {}

    /** All rows of files of JSON lines, our own slower kernels left out. */
    static List<ResultRow> read(List<Path> files) {
        List<ResultRow> rows = new ArrayList<>();
        for (Path file : files) {
            try {
                for (String line : Files.readAllLines(file)) {
                    addTo(rows, new ObjectMapper().readTree(line));
                }
            } catch (IOException problem) {
                throw new UncheckedIOException(file + " can't be read", problem);
            }
        }
        return rows;
    }

    private static void addTo(List<ResultRow> rows, JsonNode json) {
        String[] work = json.required("work").asText().split(" ", 2);
        String clock = json.required("clock").asText().equals("wall") ? "" : " (processor time)";
        Setting setting = new Setting(text(json, "machine"), text(json, "jdk"), text(json, "kernel"),
                text(json, "javaOptions"), text(json, "date"));
        for (JsonNode contender : json.required("contenders")) {
            String peer = text(contender, "name");
            if (!peer.startsWith("Bitlift")) {
                JsonNode ratio = contender.required("ratio");
                rows.add(new ResultRow(work[0], work[1] + clock, json.required("threads").asInt(), peer,
                        text(json, "vectorLevel"), new Spread(ratio.required("median").asDouble(),
                                ratio.required("least").asDouble(), ratio.required("most").asDouble()),
                        text(json, "command"), setting, json.required("load").asDouble()));
            }
        }
    }

    private static String text(JsonNode json, String name) {
        return json.required(name).asText();
    }

    /** What rows of different levels have in common. */
    String key() {
        return group + " " + work + ", " + threads + ", " + peer;
    }

    /** The same for the plot, without versions. */
    String label() {
        return work + ", " + threads + (threads == 1 ? " thread, " : " threads, ") + peer.replaceAll(" \\d[\\d.]*", "");
    }
}
