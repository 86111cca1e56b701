package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.reproduce.Trainings.Training;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Four optimisers of block-coordinate descent on denoising (framework paper, §7.2, Figure 1): all with one learning rate,
 * as in the paper, and those that can with step sizes from operator norms.
 */
final class Optimizers implements Experiment {
    private static final List<String> FIXED = List.of("proximal-gradient", "heavy-ball", "nesterov", "adam");
    private static final List<String> BY_NORMS = List.of("proximal-gradient", "heavy-ball", "nesterov");
    private static final String NORMS = "-norms";
    private static final String LEARNING_RATE = "0.0008";
    private static final int ROWS = 25;

    @Override
    public String name() {
        return "optimizers";
    }

    @Override
    public String title() {
        return "proximal gradient, heavy ball, Nesterov and Adam on lifted denoising";
    }

    @Override
    public String source() {
        return "framework paper, §7.2, Figure 1";
    }

    private static int images(Scale scale) {
        return scale.choose(10, 300, 2000);
    }

    private static int steps(Scale scale) {
        return scale.choose(45, 150, 10_000);
    }

    @Override
    public Cost cost(Scale scale) {
        int runs = FIXED.size() + BY_NORMS.size();
        return new Cost(
                runs + " runs of " + steps(scale) + " steps on " + images(scale) + " images",
                (double) runs * steps(scale) * SevenLayers.liftedStep(images(scale)),
                SevenLayers.liftedBytes(images(scale)));
    }

    @Override
    public Report run(Setting setting) {
        List<Training> all = new ArrayList<>();
        for (String optimizer : FIXED) {
            all.add(setting.trainings().run(
                    optimizer, options(optimizer, setting.scale(), "fixed", "--lr", LEARNING_RATE)));
        }
        for (String optimizer : BY_NORMS) {
            all.add(setting.trainings().run(optimizer + NORMS, options(optimizer, setting.scale(), "norms")));
        }
        Report report = new Report();
        all.forEach(report::run);
        report.table(table(all));
        claims(report, all);
        differences(report, all, setting.scale());
        report.figures(setting.curves("curves-fixed.png", "One learning rate for all (the paper's Figure 1)",
                panels(all, each -> !each.name().endsWith(NORMS))));
        report.figures(setting.curves("curves-norms.png", "Step sizes from operator norms, beside Adam",
                panels(all, each -> each.name().endsWith(NORMS) || each.name().equals("adam"))));
        return report;
    }

    private static List<String> options(String optimizer, Scale scale, String stepSize, String... more) {
        List<String> options = new ArrayList<>(List.of(
                "--task", "denoise", "--images", "" + images(scale), "--validation", "" + scale.choose(10, 100, 500),
                "--strategy", "bregman", "--solver", "bcd", "--lambda", "0.02", "--mu", "0.005", "--init-z", "input",
                "--optimizer", optimizer, "--step-size", stepSize,
                "--steps", "" + steps(scale), "--log-every", "" + Math.max(1, Math.min(100, steps(scale) / ROWS))));
        options.addAll(List.of(more));
        return options;
    }

    private static Report.Table table(List<Training> all) {
        return new Report.Table("Runs", List.of(
                "run", "objective", "training PSNR (dB)", "validation PSNR (dB)", "time (s)", "processor time (s)"),
                all.stream().<List<Object>>map(each -> List.of(
                        each.name(), objective(each), psnr(each), each.metrics().last("psnr_val"), each.seconds(),
                        each.processorSeconds())).toList());
    }

    private static double objective(Training training) {
        return training.metrics().last("objective");
    }

    private static double psnr(Training training) {
        return training.metrics().last("psnr_train");
    }

    private static void claims(Report report, List<Training> all) {
        List<Training> fixed = all.subList(0, FIXED.size());
        Training adam = fixed.get(FIXED.indexOf("adam"));
        Training lowest = fixed.stream().min(Comparator.comparingDouble(Optimizers::objective)).orElseThrow();
        Training highest = fixed.stream().max(Comparator.comparingDouble(Optimizers::psnr)).orElseThrow();
        report.claim(String.format(
                Locale.ROOT, "with one learning rate for all, Adam ends with the lowest objective, %.4g; the lowest is %s",
                objective(adam), lowest.name()), lowest == adam);
        report.claim(String.format(
                Locale.ROOT, "and with the highest PSNR on training pictures, %.2f dB; the highest is %s",
                psnr(adam), highest.name()), highest == adam);
        report.claim("every optimiser ends lower than it started", all.stream()
                .allMatch(each -> objective(each) < each.metrics().column("objective")[0]));
        for (Training each : fixed) {
            report.compare(each.name() + ", objective and training PSNR", each == adam
                            ? "consistently more favourable (Figure 1 gives curves alone)" : "behind Adam",
                    String.format(Locale.ROOT, "%.4g, %.2f dB", objective(each), psnr(each)));
        }
    }

    private static void differences(Report report, List<Training> all, Scale scale) {
        if (scale != Scale.PAPER) {
            report.differs(images(scale) + " images and " + steps(scale) + " steps; the paper has 2,000 images.");
        }
        Training adam = all.get(FIXED.indexOf("adam"));
        List<String> better = all.stream().filter(each -> each.name().endsWith(NORMS))
                .filter(each -> objective(each) < objective(adam)).map(Training::name).toList();
        report.differs("The paper names no learning rate for the other three; all have Adam's, " + LEARNING_RATE
                + ". With step sizes from operator norms instead, "
                + (better.isEmpty() ? "none" : String.join(", ", better)) + " ended below Adam's objective.");
        report.differs("Heavy ball and Nesterov average gradients here, so that their learning rate means what it means"
                + " without momentum.");
    }

    private static List<Curves.Panel> panels(List<Training> all, Predicate<Training> shown) {
        return List.of(
                panel("Lifted Bregman objective", "per sample", true, all, shown, "objective"),
                panel("Training pictures", "PSNR in dB", false, all, shown, "psnr_train"));
    }

    private static Curves.Panel panel(
            String title, String yTitle, boolean logarithmic, List<Training> all, Predicate<Training> shown,
            String column) {
        return new Curves.Panel(title, "steps", yTitle, logarithmic, all.stream().filter(shown)
                .map(each -> each.curve(column)).toList());
    }
}
