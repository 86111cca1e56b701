package io.github.bitlift.reproduce;

import io.github.bitlift.io.Sha256;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.reproduce.AutoencoderJudge.Judgement;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An autoencoder's epochs, with a judgement after each; goes on where an interrupted one was left. */
final class AutoencoderTraining implements AutoCloseable {
    private static final int LINES = 10;
    /** Keeping states takes at most one part in so many of the time. */
    private static final long SHARE = 20;
    private static final String TRAINING = "training";
    private static final String VALIDATION = "validation";
    private static final String NANOSECONDS = "nanoseconds";

    private final AutoencoderMethod method;
    private final Setting setting;
    private final Parameters theta;
    private final Batches batches;
    private final Trainer trainer;
    private final AutoencoderJudge judge;
    private final AutoencoderJudge heldJudge;
    private final String fingerprint;
    private final List<Judgement> training = new ArrayList<>();
    private final List<Judgement> validation = new ArrayList<>();
    private long spent;

    /** Prepares; θ is what training starts from, unless it was begun before. */
    AutoencoderTraining(
            AutoencoderMethod method, AutoencoderData data, Setting setting, Parameters theta, Network network) {
        this.method = method;
        this.setting = setting;
        this.theta = theta;
        this.batches = new Batches(data.train(), method.batch(), setting.seed());
        this.fingerprint = fingerprint(method, data, setting.seed());
        this.trainer = method.trainer(setting.backend(), network, theta, batches);
        this.judge = new AutoencoderJudge(setting.backend(), method.autoencoder(), network, data.train());
        this.heldJudge = new AutoencoderJudge(setting.backend(), method.autoencoder(), network, data.validation());
    }

    private static String fingerprint(AutoencoderMethod method, AutoencoderData data, long seed) {
        MessageDigest digest = Sha256.start();
        digest.update((method + ", seed " + seed).getBytes(StandardCharsets.UTF_8));
        for (Pairs pairs : List.of(data.train(), data.validation())) {
            digest.update((Digest.of(pairs.inputs()) + Digest.of(pairs.targets())).getBytes(StandardCharsets.UTF_8));
        }
        return Sha256.hex(digest);
    }

    /** Takes all epochs that are left. */
    void run() {
        begin();
        long next = System.nanoTime();
        for (int epoch = training.size(); epoch <= method.epochs(); epoch++) {
            long start = System.nanoTime();
            for (int i = 0; i < batches.perEpoch(); i++) {
                trainer.step();
            }
            setting.backend().synchronise();
            spent += System.nanoTime() - start;
            judge();
            if (epoch % Math.max(1, method.epochs() / LINES) == 0) {
                setting.progress().accept(line(epoch));
            }
            long now = System.nanoTime();
            if (now - next >= 0 || epoch == method.epochs()) {
                setting.states().keep(method.name(), fingerprint, theta, trainer, notes());
                next = System.nanoTime() + SHARE * (System.nanoTime() - now);
            }
        }
    }

    private void begin() {
        Map<String, String> notes = setting.states().restore(method.name(), fingerprint, theta, trainer);
        if (notes.isEmpty()) {
            judge();
            return;
        }
        training.addAll(judgements(notes.get(TRAINING)));
        validation.addAll(judgements(notes.get(VALIDATION)));
        spent = Long.parseLong(notes.get(NANOSECONDS));
        setting.progress().accept(method.name() + ": " + (training.size() - 1) + " of " + method.epochs() + " epochs are done");
    }

    private void judge() {
        training.add(judge.now());
        validation.add(heldJudge.now());
    }

    private Map<String, String> notes() {
        return Map.of(TRAINING, text(training), VALIDATION, text(validation), NANOSECONDS, Long.toString(spent));
    }

    private static String text(List<Judgement> judgements) {
        return judgements.stream()
                .flatMap(each -> Stream.of(each.error(), each.objective(), each.zeros()))
                .map(Double::toHexString)
                .collect(Collectors.joining(" "));
    }

    private static List<Judgement> judgements(String text) {
        double[] numbers = Stream.of(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
        List<Judgement> judgements = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 3) {
            judgements.add(new Judgement(numbers[i], numbers[i + 1], numbers[i + 2]));
        }
        return judgements;
    }

    private String line(int epoch) {
        return String.format(
                Locale.ROOT, "%s: epoch %d of %d, objective %.4g, training error %.4g, validation error %.4g, %.1f %% zeros",
                method.name(), epoch, method.epochs(), training.get(epoch).objective(), training.get(epoch).error(),
                validation.get(epoch).error(), 100 * training.get(epoch).zeros());
    }

    /** On the training images, one per epoch from 0. */
    List<Judgement> training() {
        return List.copyOf(training);
    }

    /** On the validation images. */
    List<Judgement> validation() {
        return List.copyOf(validation);
    }

    /** Spent in steps, before an interruption too. */
    double seconds() {
        return spent * 1e-9;
    }

    @Override
    public void close() {
        heldJudge.close();
        judge.close();
        trainer.close();
    }
}
