package io.github.bitlift.reproduce;

import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.KnownSet;
import io.github.bitlift.data.Split;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.reproduce.InversionLevel.Trial;
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
 * <p>How large its codes are is a matter of choice, of the autoencoder's many rescalings by positive factors that a ReLU lets
 * through. Here c times the first weights, c times all biases of the encoder and 1/c times the decoder's first weights make the
 * same autoencoder; the auxiliary variables become c times as large and all penalties c² times. So noise of standard deviation ε
 * on those codes, inverted with ρ, is noise ε/c on codes as trained, inverted with ρ/c²: the same iterates, to the bit where c is a
 * power of two, but for the tolerance, which on auxiliary variables is then c times looser. (Other rescalings, of the third layer
 * alone for instance, don't multiply all penalties alike, and what is found changes.) The paper says nothing of its codes' size.
 */
final class AutoencoderInversion implements Experiment {
    private static final int SIDE = 28;
    private static final double TOLERANCE = 1e-5;
    private static final int EVERY = 10;

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
                new Sizes(List.of(1, 8, 16), 392, 5_000, 800, "0.001", 50, 100, 10_000, 3),
                new Sizes(List.of(1, 8, 16), 392, 60_000, 200, "0.0001", 50, 100, 5_000, 10));
    }

    /** The levels that a scale trains to. */
    private static List<InversionLevel> levels(Scale scale) {
        return InversionLevel.ALL.subList(0, scale.choose(2, 3, 3));
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
        double pass = 2.0 * multiplications(sizes);
        double inner = 2 * 2.0 * sizes.channels().get(1) * 16 * SIDE * SIDE / 4 * sizes.inner();
        int inversions = levels(scale).stream().mapToInt(level -> level.trials().size()).sum();
        return new Cost(
                "a training of at most " + sizes.epochs() + " epochs on " + sizes.images() + " images, " + inversions
                        + " inversions of " + sizes.shown() + " codes",
                3 * pass * sizes.images() * sizes.epochs()
                        + inversions * (pass + inner) * sizes.shown() * sizes.iterations(),
                Float.BYTES * (4.0 * sizes.parameters() + 1e4 * Math.max(sizes.batch(), sizes.shown())));
    }

    /** Of an image's way through the autoencoder; the encoder takes half of them, its adjoint as many. */
    private static double multiplications(Sizes sizes) {
        double all = 0;
        for (int i = 0; i + 1 < sizes.channels().size(); i++) {
            PatchGrid grid = sizes.architecture().grids().get(i);
            all += 2.0 * grid.patches() * grid.patchSize() * sizes.channels().get(i + 1);
        }
        return all + 2.0 * sizes.code() * sizes.architecture().coded();
    }

    @Override
    public Report run(Setting setting) {
        Sizes sizes = sizes(setting.scale());
        KnownSet set = setting.scale() == Scale.PAPER ? KnownSet.MNIST : KnownSet.MNIST5K;
        DataSet held = DataSet.load(setting.sets().apply(set), Split.TEST, sizes.shown());
        Report report = new Report();
        List<List<Object>> rows = new ArrayList<>();
        InversionLevel before = null;
        for (InversionLevel level : levels(setting.scale())) {
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
                setting.progress().accept("inverting " + sizes.shown() + ": " + trial.text(level));
                InvertedCodes codes = invert(setting, sizes, model, held, trial);
                report.digest(trial.text(level), codes.digest());
                rows.add(row(level, loss, trial, codes));
                judge(report, level, trial, codes);
                if (trial.isLarge()) {
                    report.figures(sheet(setting, level, codes));
                }
            }
        }
        report.table(new Report.Table(
                text("Median PSNR of %d validation images in dB, from codes with noise %s", sizes.shown(), InversionLevel.NOISE),
                List.of("level", "training error (MSE)", "codes times", "rho", "noise and rho on codes as trained",
                        "noise / spread of codes", "inversion", "decoder, same noisy codes", "autoencoder, no noise",
                        "a black image", "penalties", "ended by tolerance"), rows));
        differences(report, setting.scale());
        return report;
    }

    private static InvertedCodes invert(Setting setting, Sizes sizes, Path model, DataSet held, Trial trial) {
        return InvertedCodes.of(
                setting.backend(), sizes.architecture(), model, held.images(), held.count(),
                new Inversion.Options(trial.weight(), null, sizes.iterations(), sizes.inner(), TOLERANCE, EVERY),
                trial.noise(), setting.seed());
    }

    private static List<String> options(Sizes sizes, InversionLevel level, Scale scale) {
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
    private static List<Object> row(InversionLevel level, double loss, Trial trial, InvertedCodes codes) {
        return List.of(
                level.name(), loss, trial.scale(), trial.rho(), text("%s, %.4g", trial.noise(), trial.weight()),
                trial.noise() / codes.spread(), codes.psnr(codes.recovered()), codes.psnr(codes.decoded()),
                codes.psnr(codes.clean()), codes.psnr(new float[codes.truth().length]),
                codes.penalty() * trial.scale() * trial.scale(), codes.converged());
    }

    private static void judge(Report report, InversionLevel level, Trial trial, InvertedCodes codes) {
        String which = trial.text(level);
        report.claim(which + ": what inversion finds has an objective no larger than that of the image itself, for every image",
                codes.isBelowTruth());
        double inverted = codes.psnr(codes.recovered());
        double decoded = codes.psnr(codes.decoded());
        if (level.isNearConverged() && trial.isLarge()) {
            report.claim(text("%s: inversion, %.2f dB, beats the decoder on the same codes, %.2f dB", which, inverted, decoded),
                    inverted > decoded);
        }
        report.compare(
                "Figure " + level.figure() + ", " + which + ", inversion and decoder",
                level.isNearConverged() ? "clean digits; of inversion in general: visually superior"
                        : "an approximate inverse, not as accurate as Figure 8's",
                text("%.2f dB and %.2f dB", inverted, decoded));
    }

    private static List<Report.Figure> sheet(Setting setting, InversionLevel level, InvertedCodes codes) {
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
        report.differs(text("Codes %d times as large are those of the same autoencoder, its first weights and the encoder's biases"
                + " times %d, the decoder's first weights divided by it. They are computed as what they equal: noise %s and"
                + " rho / %d on codes as trained. The size is a choice, which the paper doesn't state and on which noise of %s and"
                + " a rho depend. As trained, rho %s does better; if the weight that does is proportional to the noise, the"
                + " paper's belong to codes 12 to 16 times as large.",
                InversionLevel.LARGE, InversionLevel.LARGE, InversionLevel.NOISE / InversionLevel.LARGE,
                InversionLevel.LARGE * InversionLevel.LARGE, InversionLevel.NOISE, InversionLevel.BETTER));
        report.differs(text("%d outer iterations of %d primal-dual steps on x each at most; the paper: 500, of at most 1,000.",
                sizes.iterations(), sizes.inner()));
        report.differs("Each level's training goes on from the one before; its time is what was added.");
        report.differs("The steps on auxiliary variables are those of the slides and the JMLR paper: eq. (26) as printed lacks"
                + " W* and the pre-activation of the layer itself. They are half the paper's for all but the last, as neighbours"
                + " move together.");
        report.differs("tau-x is 1.99/(||W||^2 + 2 rho): the paper's 1.99/||W||^2 converges only where 0.0025 ||W||^2 >= rho.");
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
