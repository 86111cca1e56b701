package io.github.bitlift.cli;

import io.github.bitlift.solver.Residuals;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Tells people how far a run is. */
interface Progress extends AutoCloseable {
    /** After every step. */
    void step(long step);

    /** What there is to say beside the count, from now on. */
    void note(String text);

    /** After every row of metrics. */
    default void row(MetricsRow row) {
        note(text(row));
    }

    @Override
    void close();

    /**
     * A bar on a terminal, else a plain line now and then.
     *
     * @param remarks where plain lines go; nobody listens if quiet
     */
    static Progress of(String title, long done, long steps, PrintWriter remarks, boolean quiet) {
        return of(title, "step", done, steps, remarks, quiet);
    }

    /** The same for other things than steps, named in the singular. */
    static Progress of(String title, String unit, long done, long steps, PrintWriter remarks, boolean quiet) {
        if (quiet) {
            return new Silent();
        }
        return Boolean.getBoolean("bitlift.terminal")
                ? new Bar(title, done, steps) : new Lines(unit, done, steps, remarks);
    }

    /** What a row of metrics says, in short. */
    static String text(MetricsRow row) {
        if (row.classes() != null) {
            return String.format(Locale.ROOT, "objective %.4g, train %s, validation %s", row.objective().total(),
                    ClassMetrics.percent(row.classes().train().accuracy()),
                    ClassMetrics.percent(row.classes().accuracyValidation()));
        }
        String text = String.format(
                Locale.ROOT, "objective %.4g, residuals %s, train MSE %.4g, %.2f dB", row.objective().total(),
                residuals(row.residuals()), row.mseTrain(), row.psnrTrain());
        return Double.isNaN(row.psnrValidation())
                ? text
                : text + String.format(Locale.ROOT, ", validation %.2f dB", row.psnrValidation());
    }

    /** The residual of θ and, where there are auxiliary variables, that of z. */
    static String residuals(Residuals residuals) {
        String theta = String.format(Locale.ROOT, "theta %.2g", residuals.theta());
        return Double.isNaN(residuals.z()) ? theta : theta + String.format(Locale.ROOT, ", z %.2g", residuals.z());
    }

    /** No progress. */
    final class Silent implements Progress {
        @Override
        public void step(long step) {}

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
    }

    /** A bar with rate and remaining time, redrawn in place. */
    final class Bar implements Progress {
        private final ProgressBar bar;

        Bar(String title, long done, long steps) {
            this.bar = new ProgressBarBuilder()
                    .setTaskName(title)
                    .setInitialMax(steps)
                    .startsFrom(done, java.time.Duration.ZERO)
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .showSpeed()
                    .build();
        }

        @Override
        public void step(long step) {
            bar.stepTo(step);
        }

        @Override
        public void note(String text) {
            bar.setExtraMessage(" " + text);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line every ten seconds. */
    final class Lines implements Progress {
        private static final long PERIOD = 10_000_000_000L;

        private final String unit;
        private final long first;
        private final long steps;
        private final PrintWriter to;
        private final long started = System.nanoTime();
        private long printed = started;
        private String latest = "";

        Lines(String unit, long done, long steps, PrintWriter to) {
            this.unit = unit;
            this.first = done;
            this.steps = steps;
            this.to = to;
        }

        @Override
        public void step(long step) {
            long now = System.nanoTime();
            if (now - printed >= PERIOD && step < steps) {
                printed = now;
                double rate = (step - first) / ((now - started) * 1e-9);
                to.println(String.format(
                        Locale.ROOT, "%s %d of %d: %s%.3g %ss/s, %s left", unit, step, steps, latest, rate, unit,
                        left((steps - step) / rate)));
            }
        }

        private static String left(double seconds) {
            long whole = Math.round(seconds);
            return whole >= 3600
                    ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                    : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
        }

        @Override
        public void note(String text) {
            latest = text + ", ";
        }

        @Override
        public void close() {}
    }
}
