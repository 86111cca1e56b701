package io.github.bitlift.reproduce;

import io.github.bitlift.data.KnownSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A sparse autoencoder of 784-wide layers on 1,000 digits (JMLR paper, §6.2, Figures 3 to 5): lifted Bregman training,
 * deterministic (LBN-D) and on batches (LBN-S), beside (stochastic) gradient descent with back-propagation, from the same
 * weights.
 */
final class SparseAutoencoder implements Experiment {
    private static final Autoencoder AUTOENCODER = new Autoencoder(Autoencoder.WIDTH, 0.09f);
    private static final int BATCH = 20;
    private static final int INNER = 15;
    private static final double GD_RATE = 0.04;
    private static final double SGD_RATE = 0.03;
    /** The paper's share of zeros in the code, in %, for which α is chosen. */
    private static final double ZEROS = 90;
    /** Of LBN-S: 100 epochs of 1,000 / 20 batches. */
    private static final int PAPER_STEPS = 5000;

    /**
     * How much of everything.
     *
     * @param images training images
     * @param validation images that training never sees
     * @param epochs of each run
     */
    private record Sizes(int images, int validation, int epochs) {
        static Sizes of(Scale scale) {
            return scale.choose(new Sizes(40, 40, 3), new Sizes(1000, 500, 20), new Sizes(1000, 10_000, 100));
        }
    }

    @Override
    public String name() {
        return "sparse-autoencoder";
    }

    @Override
    public String title() {
        return "a sparse autoencoder by lifted Bregman training and by back-propagation";
    }

    @Override
    public String source() {
        return "JMLR paper, §6.2, Figures 3 to 5";
    }

    private static List<AutoencoderMethod> methods(Sizes sizes) {
        int epochs = sizes.epochs();
        return List.of(
                AutoencoderMethod.lifted("LBN-D", AUTOENCODER, sizes.images(), epochs, INNER, Double.POSITIVE_INFINITY),
                AutoencoderMethod.lifted("LBN-S", AUTOENCODER, BATCH, epochs, INNER, 1),
                AutoencoderMethod.explicit("GD-BP", AUTOENCODER, sizes.images(), epochs, GD_RATE),
                AutoencoderMethod.explicit("SGD-BP", AUTOENCODER, BATCH, epochs, SGD_RATE));
    }

    @Override
    public Cost cost(Scale scale) {
        Sizes sizes = Sizes.of(scale);
        return AutoencoderCost.of(methods(sizes), sizes.images(), sizes.validation(), sizes.epochs() + " epochs on "
                + sizes.images() + " images");
    }

    @Override
    public Report run(Setting setting) {
        Sizes sizes = Sizes.of(setting.scale());
        KnownSet set = setting.scale() == Scale.PAPER ? KnownSet.MNIST : KnownSet.MNIST5K;
        AutoencoderData data = AutoencoderData.load(
                setting.sets().apply(set), sizes.images(), sizes.validation(), 0, setting.seed());
        Report report = new Report();
        AutoencoderReport parts = new AutoencoderReport(report, setting, "MNIST-" + sizes.images());
        List<AutoencoderRun> runs = new ArrayList<>();
        methods(sizes).forEach(method -> runs.add(parts.train(method, data)));
        parts.table(runs, data);
        claims(report, runs);
        compare(report, runs);
        if (setting.scale() != Scale.PAPER) {
            report.differs(sizes.epochs() + " epochs on " + sizes.images() + " digits, judged on " + sizes.validation()
                    + ", not 100 on 1,000, judged on 10,000.");
        }
        parts.zeros(runs.get(1), data, PAPER_STEPS);
        AutoencoderReport.differences(report);
        parts.curves("curves", runs, "Objective, error and zeros over epochs (the paper's Figure 3)");
        parts.sheets(runs, data);
        return report;
    }

    private static void claims(Report report, List<AutoencoderRun> runs) {
        AutoencoderRun lbnD = runs.get(0);
        AutoencoderRun lbnS = runs.get(1);
        AutoencoderRun gd = runs.get(2);
        AutoencoderRun sgd = runs.get(3);
        lower(report, lbnD, gd, "after as many epochs lifted training on all images has a lower training objective than gradient"
                + " descent");
        lower(report, lbnS, sgd, "after as many epochs lifted training on batches has a lower training objective than stochastic"
                + " gradient descent");
        lower(report, sgd, gd, "batches speed back-propagation up");
    }

    /** That one ends below the other after as many epochs. */
    private static void lower(Report report, AutoencoderRun one, AutoencoderRun other, String words) {
        report.claim(
                text("%s: %s %.4g, %s %.4g", words, one.name(), one.last().objective(), other.name(),
                        other.last().objective()),
                one.last().objective() < other.last().objective());
    }

    private static void compare(Report report, List<AutoencoderRun> runs) {
        AutoencoderRun lbnD = runs.get(0);
        AutoencoderRun lbnS = runs.get(1);
        report.compare(
                "training objective, LBN-D and LBN-S beside GD-BP and SGD-BP", "lifted outperforms (Figure 3)",
                text("%.4g and %.4g beside %.4g and %.4g", lbnD.last().objective(), lbnS.last().objective(),
                        runs.get(2).last().objective(), runs.get(3).last().objective()));
        report.compare(
                "LBN-S beside LBN-D", "batches speed lifted training up, significantly in early epochs",
                text("%.4g beside %.4g after one epoch", lbnS.training().get(1).objective(),
                        lbnD.training().get(1).objective()));
        for (AutoencoderRun run : runs) {
            double zeros = AutoencoderReport.percent(run);
            report.compare("zeros in the code, " + run.name(), "about 90 %, similar in the end",
                    text("%.1f %% (%+.1f points)", zeros, zeros - ZEROS));
        }
        report.compare(
                "validation error of LBN-S", "drops, then rises after around 7 epochs",
                text("least after %d of %d epochs", lbnS.best(), lbnS.method().epochs()));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
