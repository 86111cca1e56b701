package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.reproduce.AutoencoderJudge.Judgement;
import io.github.bitlift.solver.Pairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The parts of a report that experiments with autoencoders have in common.
 *
 * @param report what is filled
 * @param setting where pictures go
 * @param set what tells the files of one set of runs from another's
 */
record AutoencoderReport(Report report, Setting setting, String set) {

    /** Trains; the report gets the digest. */
    AutoencoderRun train(AutoencoderMethod method, AutoencoderData data) {
        setting.progress().accept(String.format(
                Locale.ROOT, "training %s: %d epochs on %d images in batches of %d", method.name(), method.epochs(),
                data.train().count(), method.batch()));
        AutoencoderRun run = AutoencoderRun.of(method, data, setting);
        report.digest(run.name(), run.digest());
        return run;
    }

    /** A row per run. */
    void table(List<AutoencoderRun> runs, AutoencoderData data) {
        double pixels = data.train().targetWidth();
        List<List<Object>> rows = new ArrayList<>();
        for (AutoencoderRun run : runs) {
            rows.add(List.of(
                    run.name(), run.method().epochs(), run.last().objective(), run.last().error(),
                    run.lastHeld().error(), 2 * run.lastHeld().error() / pixels, run.best(), percent(run),
                    run.seconds()));
        }
        report.table(new Report.Table(set + ": per image, 1/2 ||N(y) - x||^2, and with alpha ||code||_1", List.of(
                "run", "epochs", "training objective", "training error", "validation error", "validation MSE per pixel",
                "best epoch", "zeros in the code (%)", "time (s)"), rows));
    }

    /** The share of zeros in the codes of training images, in %. */
    static double percent(AutoencoderRun run) {
        return 100 * run.last().zeros();
    }

    /** Why there may be fewer zeros than in the paper, which took so many steps. */
    void zeros(AutoencoderRun run, AutoencoderData data, int paperSteps) {
        int steps = run.method().epochs() * (data.train().count() / run.method().batch());
        if (steps < paperSteps) {
            report.differs(String.format(
                    Locale.ROOT, "%s: zeros in the code grow with training, from %.0f %% at the Glorot weights that the paper"
                            + " starts from too; %d batches were taken, the paper's zeros are those after %d.",
                    run.name(), 100 * run.training().get(0).zeros(), steps, paperSteps));
        }
    }

    /** Objective, validation error and zeros over epochs. */
    void curves(String file, List<AutoencoderRun> runs, String caption) {
        report.figures(setting.curves(file(file), caption, List.of(
                panel("Training objective", "per image", true, runs, AutoencoderRun::training, Judgement::objective),
                panel("Validation error", "1/2 squared norm per image", true, runs, AutoencoderRun::validation,
                        Judgement::error),
                panel("Zeros in the code", "% on training images", false, runs, AutoencoderRun::training,
                        judgement -> 100 * judgement.zeros()))));
    }

    private static Curves.Panel panel(
            String title, String yTitle, boolean logarithmic, List<AutoencoderRun> runs,
            Function<AutoencoderRun, List<Judgement>> of, ToDoubleFunction<Judgement> number) {
        return new Curves.Panel(title, "epochs", yTitle, logarithmic,
                runs.stream().map(run -> run.curve(of.apply(run), number)).toList());
    }

    /** The first few pictures of both sets and what the runs make of them. */
    void sheets(List<AutoencoderRun> runs, AutoencoderData data) {
        sheet("training", runs, data, data.train(), AutoencoderRun::trained);
        sheet("validation", runs, data, data.validation(), AutoencoderRun::held);
    }

    private void sheet(
            String name, List<AutoencoderRun> runs, AutoencoderData data, Pairs pairs,
            Function<AutoencoderRun, float[]> made) {
        if (!setting.pictures()) {
            return;
        }
        report.figures(setting.sheet(
                file(name), set + ": the first " + name + " pictures", data.pictures(pairs), runs.stream()
                        .map(run -> new SampleSheet.Restoration(run.name(), made.apply(run))).toList()));
    }

    private String file(String name) {
        return set.toLowerCase(Locale.ROOT) + "-" + name + ".png";
    }

    /** What all of them do otherwise than the paper, or what it leaves open. */
    static void differences(Report report) {
        report.differs("The paper gives no numbers for its curves, so words stand beside numbers. Errors are 1/2 ||N(y) - x||^2"
                + " per image: only on this scale do alpha and the learning rates make sense; the paper says MSE.");
        report.differs("Claims compare epochs, as the paper's curves do: one with N inner iterations takes more than N times the"
                + " work of one with explicit steps. The tables give times.");
        report.differs("The output is linear, as the Bregman loss with Psi = 0 (the squared error) has it; the paper has ReLU"
                + " in all other layers and doesn't say whether that includes the output. Images are centred, so that"
                + " outputs take both signs.");
        report.differs("The soft-threshold of the code is alpha itself; the paper names none. Penalties weigh mu = 1.");
        report.differs("Zeros are counted in the codes that the trained network computes for training images, for all methods"
                + " alike, not in auxiliary variables.");
        report.differs("The proximal term is 1/(2 tau) ||theta - theta_k||^2, as the paper's text has it; its Algorithm 1 prints"
                + " the weight tau instead. Lifted steps are 1 / L, L from power iterations, not 1.99 / L.");
        report.differs("The first images of each split, not random ones; centred by the mean training image, pixel by pixel.");
    }
}
