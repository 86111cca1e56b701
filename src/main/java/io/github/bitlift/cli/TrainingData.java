package io.github.bitlift.cli;

import io.github.bitlift.data.Centring;
import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.Degradation;
import io.github.bitlift.data.Split;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.io.Sha256;
import io.github.bitlift.solver.Pairs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What a network is trained and judged on.
 *
 * @param train training pairs
 * @param validation pairs that training never sees; null if there are none
 * @param rows height of an input as a picture; 0 if inputs are no pictures
 * @param columns width of an input as a picture
 * @param centring what was subtracted from the inputs; null if nothing was
 * @param description in a few words
 */
record TrainingData(
        Pairs train, Pairs validation, int rows, int columns, Centring centring, String description) {
    private static final int VALIDATION_IMAGES = 500;
    private static final int HOLD_OUT = 10;

    /** Loads and degrades. */
    static TrainingData load(DataSource source) {
        return source.task() == Task.PAIRS ? pairs(source) : images(source);
    }

    private static TrainingData images(DataSource source) {
        Path folder = source.data() == null ? Home.bundledData() : Path.of(source.data());
        DataSet clean = DataSet.load(folder, Split.TRAIN);
        if (source.images() != null) {
            clean = clean.take(source.images());
        }
        boolean labelled = source.task() == Task.CLASSIFY;
        Centring centring =
                labelled ? Centring.of(clean.requireAllClasses().images(), clean.count(), clean.features()) : null;
        Pairs train = pairs(clean, source, centring, Task.TRAINING_STREAM);
        Pairs validation = null;
        if (source.validation() == null || source.validation() > 0) {
            DataSet held = DataSet.load(folder, Split.TEST).requireSize(clean.rows(), clean.columns());
            int usual = labelled ? held.count() : Math.min(VALIDATION_IMAGES, held.count());
            int count = source.validation() == null ? usual : source.validation();
            validation = pairs(held.take(count), source, centring, Task.VALIDATION_STREAM);
        }
        String name = source.data() == null ? "MNIST, bundled" : folder.getFileName().toString();
        return new TrainingData(train, validation, clean.rows(), clean.columns(), centring,
                name + ": " + train.count() + " training images" + (validation == null ? ""
                        : ", " + validation.count() + " validation images") + ", " + clean.rows() + " x "
                        + clean.columns() + "; " + source.task().description());
    }

    private static Pairs pairs(DataSet clean, DataSource source, Centring centring, long stream) {
        if (centring != null) {
            return new Pairs(
                    centring.apply(clean.images()), clean.oneHot(), clean.count(), clean.features(), DataSet.CLASSES);
        }
        Degradation degradation = source.task().degradation();
        float[] inputs = degradation.apply(clean.images(), clean.rows(), clean.columns(), source.seed(), stream);
        return new Pairs(inputs, clean.images(), clean.count(), clean.features(), clean.features());
    }

    private static TrainingData pairs(DataSource source) {
        Pairs all = read(source.inputs(), source.targets());
        Pairs train = all;
        Pairs validation = null;
        if (source.validationInputs() != null) {
            validation = read(source.validationInputs(), source.validationTargets());
            requireAlike(source, all, validation);
        } else {
            int held = source.validation() != null ? source.validation() : all.count() / HOLD_OUT;
            if (held >= all.count()) {
                throw new InputException("--validation " + held + ": " + source.inputs() + " has " + all.count()
                        + " samples; expected fewer, so that some remain for training");
            }
            train = slice(all, 0, all.count() - held);
            validation = held == 0 ? null : slice(all, all.count() - held, all.count());
        }
        if (source.validationInputs() != null && source.validation() != null) {
            validation = source.validation() == 0 ? null
                    : first("--validation", source.validation(), validation, source.validationInputs());
        }
        if (source.images() != null) {
            train = first("--images", source.images(), train, source.inputs());
        }
        int side = (int) Math.round(Math.sqrt(train.inputWidth()));
        boolean pictures = train.inputWidth() == train.targetWidth() && side * side == train.inputWidth() && side > 1;
        return new TrainingData(train, validation, pictures ? side : 0, pictures ? side : 0, null,
                Path.of(source.inputs()).getFileName() + ": " + train.count() + " training pairs, "
                        + (validation == null ? 0 : validation.count()) + " validation pairs, " + train.inputWidth()
                        + " to " + train.targetWidth() + " features");
    }

    private static Pairs read(String inputs, String targets) {
        FloatTable y = Npy.read(Path.of(inputs));
        FloatTable x = Npy.read(Path.of(targets));
        if (x.rows() != y.rows()) {
            throw InputException.in(Path.of(targets), x.rows() + " samples for the " + y.rows() + " of " + inputs,
                    "as many targets as inputs");
        }
        return new Pairs(y.values(), x.values(), y.rows(), y.columns(), x.columns());
    }

    private static void requireAlike(DataSource source, Pairs train, Pairs validation) {
        if (validation.inputWidth() != train.inputWidth()) {
            throw InputException.in(Path.of(source.validationInputs()), validation.inputWidth() + " features",
                    train.inputWidth() + " as in " + source.inputs());
        }
        if (validation.targetWidth() != train.targetWidth()) {
            throw InputException.in(Path.of(source.validationTargets()), validation.targetWidth() + " features",
                    train.targetWidth() + " as in " + source.targets());
        }
    }

    private static Pairs first(String option, int count, Pairs pairs, String file) {
        if (count < 1 || count > pairs.count()) {
            throw new InputException(option + " " + count + ": expected 1 to " + pairs.count()
                    + ", the samples that " + file + " leaves for it");
        }
        return slice(pairs, 0, count);
    }

    private static Pairs slice(Pairs pairs, int from, int to) {
        return new Pairs(
                Arrays.copyOfRange(pairs.inputs(), from * pairs.inputWidth(), to * pairs.inputWidth()),
                Arrays.copyOfRange(pairs.targets(), from * pairs.targetWidth(), to * pairs.targetWidth()),
                to - from, pairs.inputWidth(), pairs.targetWidth());
    }

    /** The pairs that pictures are shown of: validation, else training. */
    Pairs shown() {
        return validation == null ? train : validation;
    }

    /** Some of its pairs as pictures. */
    SampleSheet.Pictures pictures(Pairs pairs) {
        return new SampleSheet.Pictures(pairs.inputs(), pairs.targets(), pairs.count(), rows, columns);
    }

    /** Whether inputs and targets are pictures of one size. */
    boolean hasPictures() {
        return rows > 0 && train.inputWidth() == train.targetWidth();
    }

    /** The number of classes that targets tell apart; 0 if targets are no classes. */
    int classes() {
        return centring == null ? 0 : train.targetWidth();
    }

    /** SHA-256 of all training and validation numbers, to notice data that changed under a run. */
    String sha256() {
        MessageDigest digest = Sha256.start();
        for (Pairs pairs : validation == null ? new Pairs[] {train} : new Pairs[] {train, validation}) {
            add(digest, pairs.inputs());
            add(digest, pairs.targets());
        }
        return Sha256.hex(digest);
    }

    private static void add(MessageDigest digest, float[] values) {
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += chunk.capacity() / 4) {
            int count = Math.min(chunk.capacity() / 4, values.length - at);
            chunk.asFloatBuffer().put(values, at, count);
            digest.update(chunk.array(), 0, 4 * count);
        }
    }
}
