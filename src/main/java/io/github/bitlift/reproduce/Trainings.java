package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.io.SampleSheet;
import java.util.List;

/**
 * Carries out training runs as {@code bitlift train} would: an experiment says which options it gives, and the report
 * says the same to whoever wants to repeat one run alone.
 */
public interface Trainings {

    /**
     * Trains, or continues a run that was interrupted.
     *
     * @param name of the run and of its folder, unique within the experiment
     * @param options of {@code bitlift train}, such as {@code "--task", "denoise"}; without seed, folder and backend
     */
    Training run(String name, List<String> options);

    /**
     * Trains as {@link #run} does, and to the same bits, but goes on from where an earlier run ended whose options differ in
     * when it ends alone.
     *
     * @param earlier name of the run that is gone on from, which stays as it is
     * @param name of the run
     * @param options of {@code bitlift train}, as if it began anew
     */
    Training further(String earlier, String name, List<String> options);

    /**
     * A finished run.
     *
     * @param name of the run
     * @param command that repeats it
     * @param metrics its rows of metrics
     * @param digest of all parameters
     * @param psnrInput of the untouched validation inputs in dB, NaN where there is no such thing
     * @param seconds spent in steps, without evaluation and files, and without what an earlier run spent
     * @param processorSeconds of all threads during this run alone, evaluation and files included; independent of what else the
     *     machine does
     * @param training training pictures and what became of them, null without pictures
     * @param validation the same for pictures that training never saw
     */
    record Training(
            String name,
            String command,
            Metrics metrics,
            String digest,
            double psnrInput,
            double seconds,
            double processorSeconds,
            Restored training,
            Restored validation) {

        /** A column over steps, as a line with the run's name. */
        public Curves.Series curve(String column) {
            return Curves.Series.line(name, metrics.column("step"), metrics.column(column));
        }
    }

    /**
     * Rows of metrics, column by column.
     *
     * @param columns their names, as in {@code metrics.csv}
     * @param rows their values, the first column being the step
     */
    record Metrics(List<String> columns, List<double[]> rows) {

        /** All values of a column, from first to last. */
        public double[] column(String name) {
            int index = columns.indexOf(name);
            if (index < 0) {
                throw new IllegalArgumentException("no column " + name + " among " + columns);
            }
            return rows.stream().mapToDouble(row -> row[index]).toArray();
        }

        /** The last value of a column. */
        public double last(String name) {
            double[] values = column(name);
            return values[values.length - 1];
        }
    }

    /**
     * Pictures and what a network makes of them.
     *
     * @param pictures inputs and targets
     * @param restored {@code [shown, rows·columns]}, the first few
     */
    record Restored(SampleSheet.Pictures pictures, float[] restored) {}
}
