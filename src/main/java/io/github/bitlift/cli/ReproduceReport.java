package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.AtomicFile;
import io.github.bitlift.reproduce.Experiment;
import io.github.bitlift.reproduce.Report;
import io.github.bitlift.reproduce.Scale;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A report with all that is known of its making.
 *
 * @param experiment which
 * @param scale how large
 * @param seed of everything random
 * @param backends where it ran
 * @param report what it found
 * @param seconds it took
 * @param processorSeconds it took of all threads
 */
record ReproduceReport(
        Experiment experiment, Scale scale, long seed, Backends backends, Report report, double seconds,
        double processorSeconds) {

    /** Writes {@code report.json} and {@code report.md}. */
    void write(Path folder) {
        Json.write(folder.resolve("report.json"), json());
        byte[] text = new ReproduceText(this).markdown().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(folder.resolve("report.md"), stream -> stream.write(text));
    }

    /** Tables and claims for people. */
    void print(PrintWriter to) {
        to.print(new ReproduceText(this).plain());
    }

    /** The documented report. */
    ObjectNode json() {
        ObjectNode json = Json.object().put("command", "reproduce").put("version", Version.text());
        json.put("experiment", experiment.name()).put("title", experiment.title()).put("source", experiment.source());
        json.put("scale", scale.title()).put("seed", seed);
        json.put("backend", backends.backend().name()).put("device", backends.device());
        json.put("backend_description", backends.backend().description()).put("threads", backends.threads());
        json.put("seconds", seconds).put("processor_seconds", processorSeconds).put("holds", report.holds());
        ArrayNode claims = json.putArray("claims");
        report.claims().forEach(claim -> claims.addObject().put("claim", claim.text()).put("holds", claim.holds()));
        ArrayNode comparisons = json.putArray("comparisons");
        report.comparisons().forEach(each -> comparisons.addObject()
                .put("what", each.what()).put("paper", each.paper()).put("ours", each.ours()));
        ArrayNode differences = json.putArray("differences");
        report.differences().forEach(differences::add);
        ArrayNode tables = json.putArray("tables");
        report.tables().forEach(table -> tables.add(table(table)));
        ArrayNode figures = json.putArray("figures");
        report.figures().forEach(each -> figures.addObject().put("file", each.file()).put("caption", each.caption()));
        ArrayNode runs = json.putArray("runs");
        report.runs().forEach(run -> runs.addObject().put("name", run.name()).put("command", run.command())
                .put("digest", run.digest()).put("seconds", run.seconds())
                .put("processor_seconds", run.processorSeconds()));
        ObjectNode digests = json.putObject("digests");
        report.digests().forEach(digests::put);
        return json;
    }

    private static ObjectNode table(Report.Table table) {
        ObjectNode node = Json.object().put("title", table.title());
        ArrayNode columns = node.putArray("columns");
        table.columns().forEach(columns::add);
        ArrayNode rows = node.putArray("rows");
        for (List<Object> row : table.rows()) {
            ArrayNode cells = rows.addArray();
            for (Object cell : row) {
                cells.add(cell instanceof Double number ? Json.number(number) : Json.MAPPER.valueToTree(cell));
            }
        }
        return node;
    }
}
