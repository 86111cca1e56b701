package io.github.bitlift.reproduce;

import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.KnownSet;
import io.github.bitlift.data.Split;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.reproduce.Trainings.Training;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Inversion of a convolutional autoencoder's encoder from noisy codes beside its own decoder, at three levels of training
 * (framework paper, §7.3, Figures 8 to 10).
 *
 * <p>The scale of its codes is a matter of choice. With c &gt; 0, c times the first weights, c times all biases of the encoder and
 * 1/c times the decoder's first weights make the same autoencoder, as a ReLU is positively homogeneous; all auxiliary variables
 * become c times as large and their penalties c² times. So noise of standard deviation ε on codes c times as large, inverted with
 * ρ, is noise ε/c on those as trained, inverted with ρ/c²: exactly, and where c is a power of two to the bit. The paper doesn't
 * say how large its codes are; how much its noise of 0.1 weighs, and whether its ρ suits, depends on that alone.
 */
final class AutoencoderInversion implements Experiment {
    private static final int SIDE = 28;
    private static final double TOLERANCE = 1e-5;
    private static final int EVERY = 10;

    /** Standard deviation of the noise on codes. */
    private static final double NOISE = 0.1;
    /** c of codes for which the paper's ρ suit; those as trained have 1. */
    private static final int LARGE = 8;
    /** ρ that suits codes as trained; found on training images. */
    private static final float SUITABLE = 0.005f;

    /**
     * A level of training.
     *
     * @param name of the run
     * @param figure of the paper
     * @param loss mean squared error at which training stops
     * @param rho the paper's ρ
     */
    private record Level(String name, String figure, double loss, float rho) {

        /** The inversions: from large codes, and near convergence before them from codes as trained, too. */
        List<Trial> trials() {
            Trial large = new Trial(LARGE, rho);
            return isNearConverged() ? List.of(new Trial(1, rho), new Trial(1, SUITABLE), large) : List.of(large);
        }

        boolean isNearConverged() {
            return this == LEVELS.get(LEVELS.size() - 1);
        }
    }

    /**
     * An inversion.
     *
     * @param scale c of the codes
     * @param rho its ρ
     */
    private record Trial(int scale, float rho) {
        boolean isLarge() {
            return scale == LARGE;
        }
    }

    private static final List<Level> LEVELS = List.of(
            new Level("severely-undertrained", "9", 8.3e-3, 0.08f),
            new Level("moderately-undertrained", "10", 3.1e-3, 0.06f),
            new Level("near-converged", "8", 5e-4, 0.07f));

    /**
     * How much of everything.
     *
     * @param channels of image and convolutions
     * @param code its width
     * @param images to train on
     * @param epochs of training at most
     * @param learningRate of Adam
     * @param batch images per step
     * @param shown validation images whose codes are inverted
     * @param iterations outer ones
     * @param inner primal-dual steps per outer one at most
     */
    private record Sizes(
            List<Integer> channels, int code, int images, int epochs, String learningRate, int batch, int shown,
            int iterations, int inner) {
        ConvolutionalAutoencoder architecture() {
            return new ConvolutionalAutoencoder(SIDE, SIDE, channels, code, new Relu());
        }

        long parameters() {
            return architecture().shapes().stream().mapToLong(shape -> (long) shape.rows() * shape.columns()).sum();
        }
    }

    private static Sizes sizes(Scale scale) {
        return scale.choose(
                new Sizes(List.of(1, 4, 8), 64, 4, 800, "0.005", 4, 4, 1_000, 3),
                new Sizes(List.of(1, 8, 16), 392, 5_000, 800, "0.001", 50, 100, 5_000, 3),
                new Sizes(List.of(1, 8, 16), 392, 60_000, 200, "0.0001", 50, 100, 5_000, 10));
    }

    /** The levels that a scale trains to. */
    private static List<Level> levels(Scale scale) {
        return LEVELS.subList(0, scale.choose(1, 3, 3));
    }

    @Override
    public String name() {
        return "inversion";
    }

    @Override
    public String title() {
        return "inversion of a convolutional encoder beside its decoder, at levels of training";
    }

    @Override
    public String source() {
        return "framework paper, §7.3, Figures 8 to 10";
    }

    @Override
    public Cost cost(Scale scale) {
        Sizes sizes = sizes(scale);
        // A weight of the dense layers is used once per image; those of convolutions oftener, but there are few.
        double pass = 2.0 * sizes.parameters();
        double inner = 2 * 2.0 * sizes.channels().get(1) * 16 * SIDE * SIDE / 4 * sizes.inner();
        int inversions = levels(scale).stream().mapToInt(level -> level.trials().size()).sum();
        return new Cost(
                "a training of at most " + sizes.epochs() + " epochs on " + sizes.images() + " images, " + inversions
                        + " inversions of " + sizes.shown() + " codes",
                3 * pass * sizes.images() * sizes.epochs()
                        + inversions * (pass + inner) * sizes.shown() * sizes.iterations(),
                Float.BYTES * (4.0 * sizes.parameters() + 1e4 * Math.max(sizes.batch(), sizes.shown())));
    }

    @Override
    public Report run(Setting setting) {
        Sizes sizes = sizes(setting.scale());
        KnownSet set = setting.scale() == Scale.PAPER ? KnownSet.MNIST : KnownSet.MNIST5K;
        DataSet held = DataSet.load(setting.sets().apply(set), Split.TEST, sizes.shown());
        Report report = new Report();
        List<List<Object>> rows = new ArrayList<>();
        Level before = null;
        for (Level level : levels(setting.scale())) {
            List<String> options = options(sizes, level, setting.scale());
            Training training = before == null ? setting.trainings().run(level.name(), options)
                    : setting.trainings().further(before.name(), level.name(), options);
            before = level;
            report.run(training);
            double loss = training.metrics().last("mse_train");
            report.claim(text("%s: training comes to an error of %.3g, at most %.3g", level.name(), loss, level.loss()),
                    loss <= level.loss());
            Path model = setting.out().resolve(level.name()).resolve("model.safetensors");
            for (Trial trial : level.trials()) {
                setting.progress().accept(text("inverting %d codes of %s, times %d, rho %s", sizes.shown(), level.name(),
                        trial.scale(), trial.rho()));
                InvertedCodes codes = invert(setting, sizes, model, held, trial);
                report.digest(text("%s, codes times %d, rho %s", level.name(), trial.scale(), trial.rho()), codes.digest());
                rows.add(row(level, loss, trial, codes));
                judge(report, level, trial, codes);
                if (trial.isLarge()) {
                    report.figures(sheet(setting, level, codes));
                }
            }
        }
        report.table(new Report.Table(
                text("Median PSNR of %d validation images in dB, from codes with noise %s", sizes.shown(), NOISE),
                List.of("level", "training error (MSE)", "codes times", "noise / spread of codes", "rho", "inversion",
                        "decoder, same noisy codes", "autoencoder, no noise", "a black image", "penalties"), rows));
        differences(report, setting.scale());
        return report;
    }

    private static InvertedCodes invert(Setting setting, Sizes sizes, Path model, DataSet held, Trial trial) {
        float rho = trial.rho() / (trial.scale() * trial.scale());
        return InvertedCodes.of(
                setting.backend(), sizes.architecture(), model, held.images(), held.count(),
                new Inversion.Options(rho, null, sizes.iterations(), sizes.inner(), TOLERANCE, EVERY), NOISE / trial.scale(),
                setting.seed());
    }

    private static List<String> options(Sizes sizes, Level level, Scale scale) {
        String widths = SIDE + "," + SIDE + ","
                + sizes.channels().stream().map(String::valueOf).collect(Collectors.joining(",")) + "," + sizes.code();
        List<String> options = new ArrayList<>(List.of(
                "--task", "autoencode", "--architecture", "convolutional-autoencoder", "--widths", widths, "--strategy",
                "backprop", "--optimizer", "adam", "--lr", sizes.learningRate(), "--images", "" + sizes.images(),
                "--validation", "" + sizes.shown(), "--batch", "" + sizes.batch(), "--epochs", "" + sizes.epochs(),
                "--stop-loss", "" + level.loss()));
        if (scale == Scale.PAPER) {
            options.addAll(List.of("--data", "mnist"));
        }
        return options;
    }

    /** Penalties in the scale of the trial. */
    private static List<Object> row(Level level, double loss, Trial trial, InvertedCodes codes) {
        return List.of(
                level.name(), loss, trial.scale(), NOISE / trial.scale() / codes.spread(), trial.rho(),
                codes.psnr(codes.recovered()), codes.psnr(codes.decoded()), codes.psnr(codes.clean()),
                codes.psnr(new float[codes.truth().length]), codes.penalty() * trial.scale() * trial.scale());
    }

    private static void judge(Report report, Level level, Trial trial, InvertedCodes codes) {
        String which = text("%s, codes times %d, rho %s", level.name(), trial.scale(), trial.rho());
        report.claim(which + ": what inversion finds has an objective no larger than that of the image itself, for every image",
                codes.isBelowTruth());
        if (!trial.isLarge()) {
            return;
        }
        double inverted = codes.psnr(codes.recovered());
        double decoded = codes.psnr(codes.decoded());
        if (level.isNearConverged()) {
            report.claim(text("%s: inversion, %.2f dB, beats the decoder on the same codes, %.2f dB", which, inverted, decoded),
                    inverted > decoded);
        }
        report.compare(
                "Figure " + level.figure() + ", " + level.name() + ", inversion and decoder",
                level.isNearConverged() ? "inversion visually superior" : "an approximate inverse, not as accurate",
                text("%.2f dB and %.2f dB", inverted, decoded));
    }

    private static List<Report.Figure> sheet(Setting setting, Level level, InvertedCodes codes) {
        int shown = Math.min(SampleSheet.MOST, codes.found().size());
        return setting.sheet(
                level.name() + ".png", "Figure " + level.figure() + ", " + level.name() + ": the autoencoder's output, truth,"
                        + " what its decoder and what inversion make of the same noisy codes",
                new SampleSheet.Pictures(codes.clean(), codes.truth(), shown, SIDE, SIDE),
                List.of(new SampleSheet.Restoration("decoder", codes.decoded()),
                        new SampleSheet.Restoration("inversion", codes.recovered())));
    }

    private static void differences(Report report, Scale scale) {
        Sizes sizes = sizes(scale);
        if (scale != Scale.PAPER) {
            report.differs(text("%d training images, channels %s, a code of %d, Adam with %s; the paper has all of MNIST,"
                    + " channels 1, 8, 16, a code of 392 and 1e-4.", sizes.images(), sizes.channels(), sizes.code(),
                    sizes.learningRate()));
        }
        report.differs(text("Codes %d times as large as trained: first weights and biases of the encoder times %d, the decoder's"
                + " first weights divided by it, which leaves the autoencoder as it is to the bit. The paper doesn't say how large"
                + " its codes are, and noise of %s means little without. A weight that suits grows in proportion to them: as"
                + " trained, %s does (by training images), so the paper's belong to codes some ten times as large.",
                LARGE, LARGE, NOISE, SUITABLE));
        report.differs(text("%d outer iterations of %d primal-dual steps on x each at most; the paper: 500, of at most 1,000."
                + " Of both, steps on auxiliary variables are what convergence waits for.", sizes.iterations(), sizes.inner()));
        report.differs("The steps on auxiliary variables are those of the slides and the JMLR paper: eq. (26) as printed lacks"
                + " W* and the pre-activation of the layer itself. They are half the paper's for all but the last, as neighbours"
                + " move together.");
        report.differs("tau-x is 1.99/(||W||^2 + 2 rho): the paper's 1.99/||W||^2 converges only where 0.0025 ||W||^2 >= rho.");
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
