package io.github.bitlift.cli;

import io.github.bitlift.data.Centring;
import io.github.bitlift.data.Degradation;
import io.github.bitlift.data.Split;
import io.github.bitlift.data.StoredSet;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.NpyFile;
import io.github.bitlift.io.Rows;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.io.Sha256;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Samples;
import io.github.bitlift.solver.StoredPairs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * What a network is trained and judged on.
 *
 * @param train training pairs
 * @param validation pairs that training never sees; null if there are none
 * @param rows height of an input as a picture; 0 if inputs are no pictures
 * @param columns width of an input as a picture
 * @param centring what was subtracted from the inputs; null if nothing was
 * @param description in a few words
 * @param atOnce how many samples are read or evaluated at a time; the bits don't depend on it
 * @param files where pairs that aren't in memory are read from
 */
record TrainingData(
        Samples train, Samples validation, int rows, int columns, Centring centring, String description, int atOnce,
        DataFiles files)
        implements AutoCloseable {
    /** Samples that are read or evaluated at a time where memory is no concern. */
    static final int AT_ONCE = 1000;
    private static final int VALIDATION_IMAGES = 500;
    private static final int HOLD_OUT = 10;
    /** Numbers that one array holds. */
    static final long MOST_IN_MEMORY = Integer.MAX_VALUE - 8;

    /** Loads and degrades. */
    static TrainingData load(DataSource source) {
        return open(source).loaded();
    }

    /** Opens and leaves samples where they are stored: they are read, and degraded, when they are wanted. */
    static TrainingData open(DataSource source) {
        DataFiles files = new DataFiles();
        try {
            return source.task() == Task.PAIRS ? pairs(source, files) : images(source, files);
        } catch (RuntimeException problem) {
            files.close();
            throw problem;
        }
    }

    /** The same with all samples in memory; this one is closed. */
    TrainingData loaded() {
        try (this) {
            Pairs kept = validation == null ? null : pairs(validation);
            return new TrainingData(
                    pairs(train), kept, rows, columns, centring, description, atOnce, new DataFiles());
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    private Pairs pairs(Samples samples) {
        if ((long) samples.count() * Math.max(samples.inputWidth(), samples.targetWidth()) > MOST_IN_MEMORY) {
            throw new InputException(samples.count() + " samples of " + samples.inputWidth() + " and "
                    + samples.targetWidth() + " features: expected fewer than 2^31 numbers to be held in memory");
        }
        return Pairs.of(samples, atOnce);
    }

    /** The same read and evaluated another number of samples at a time. */
    TrainingData atOnce(int samples) {
        return new TrainingData(train, validation, rows, columns, centring, description, samples, files);
    }

    /** The most samples in one of its sets. */
    int most() {
        return Math.max(train.count(), validation == null ? 0 : validation.count());
    }

    private static TrainingData images(DataSource source, DataFiles files) {
        Path folder = source.data() == null ? Home.bundledData() : Path.of(source.data());
        StoredSet clean = files.add(StoredSet.open(folder, Split.TRAIN));
        if (source.images() != null) {
            clean = clean.take(source.images());
        }
        boolean labelled = source.task() == Task.CLASSIFY;
        Centring centring = labelled ? Centring.of(clean.requireAllClasses().images(), AT_ONCE) : null;
        Samples train = pairs(clean, source, centring, Task.TRAINING_STREAM);
        Samples validation = null;
        int rows = clean.file().rows();
        int columns = clean.file().columns();
        if (source.validation() == null || source.validation() > 0) {
            StoredSet held = files.add(StoredSet.open(folder, Split.TEST)).requireSize(rows, columns);
            int usual = labelled ? held.count() : Math.min(VALIDATION_IMAGES, held.count());
            int count = source.validation() == null ? usual : source.validation();
            validation = pairs(held.take(count), source, centring, Task.VALIDATION_STREAM);
        }
        String name = source.data() == null ? "MNIST, bundled" : folder.getFileName().toString();
        return new TrainingData(train, validation, rows, columns, centring,
                name + ": " + train.count() + " training images" + (validation == null ? ""
                        : ", " + validation.count() + " validation images") + ", " + rows + " x "
                        + columns + "; " + source.task().description(), AT_ONCE, files);
    }

    private static Samples pairs(StoredSet clean, DataSource source, Centring centring, long stream) {
        if (centring != null) {
            return new StoredPairs(centring.apply(clean.images()), clean.oneHot());
        }
        Degradation degradation = source.task().degradation();
        return new StoredPairs(
                degradation.apply(clean.images(), clean.file().rows(), clean.file().columns(), source.seed(), stream),
                clean.images());
    }

    private static TrainingData pairs(DataSource source, DataFiles files) {
        StoredPairs all = open(source.inputs(), source.targets(), files);
        StoredPairs train = all;
        StoredPairs validation = null;
        if (source.validationInputs() != null) {
            validation = open(source.validationInputs(), source.validationTargets(), files);
            requireAlike(source, all, validation);
        } else {
            int held = source.validation() != null ? source.validation() : all.count() / HOLD_OUT;
            if (held >= all.count()) {
                throw new InputException("--validation " + held + ": " + source.inputs() + " has " + all.count()
                        + " samples; expected fewer, so that some remain for training");
            }
            train = all.slice(0, all.count() - held);
            validation = held == 0 ? null : all.slice(all.count() - held, all.count());
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
                        + " to " + train.targetWidth() + " features", AT_ONCE, files);
    }

    private static StoredPairs open(String inputs, String targets, DataFiles files) {
        Rows y = files.add(NpyFile.open(Path.of(inputs)));
        Rows x = files.add(NpyFile.open(Path.of(targets)));
        if (x.count() != y.count()) {
            throw InputException.in(Path.of(targets), x.count() + " samples for the " + y.count() + " of " + inputs,
                    "as many targets as inputs");
        }
        return new StoredPairs(y, x);
    }

    private static void requireAlike(DataSource source, Samples train, Samples validation) {
        if (validation.inputWidth() != train.inputWidth()) {
            throw InputException.in(Path.of(source.validationInputs()), validation.inputWidth() + " features",
                    train.inputWidth() + " as in " + source.inputs());
        }
        if (validation.targetWidth() != train.targetWidth()) {
            throw InputException.in(Path.of(source.validationTargets()), validation.targetWidth() + " features",
                    train.targetWidth() + " as in " + source.targets());
        }
    }

    private static StoredPairs first(String option, int count, StoredPairs pairs, String file) {
        if (count < 1 || count > pairs.count()) {
            throw new InputException(option + " " + count + ": expected 1 to " + pairs.count()
                    + ", the samples that " + file + " leaves for it");
        }
        return pairs.slice(0, count);
    }

    /** The pairs that pictures are shown of: validation, else training. */
    Samples shown() {
        return validation == null ? train : validation;
    }

    /** The first few pairs of a set as pictures. */
    SampleSheet.Pictures pictures(Samples samples) {
        int count = Math.min(SampleSheet.MOST, samples.count());
        float[] targets = new float[count * samples.targetWidth()];
        samples.readTargets(0, count, targets, 0);
        return new SampleSheet.Pictures(firstInputs(samples), targets, count, rows, columns);
    }

    /** The inputs of these pictures. */
    static float[] firstInputs(Samples samples) {
        int count = Math.min(SampleSheet.MOST, samples.count());
        float[] inputs = new float[count * samples.inputWidth()];
        samples.readInputs(0, count, inputs, 0);
        return inputs;
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
        for (Samples samples : validation == null ? new Samples[] {train} : new Samples[] {train, validation}) {
            add(digest, samples.count(), samples.inputWidth(), samples::readInputs);
            add(digest, samples.count(), samples.targetWidth(), samples::readTargets);
        }
        return Sha256.hex(digest);
    }

    private void add(MessageDigest digest, int count, int width, Rows.Reader reader) {
        float[] some = new float[Math.min(atOnce, count) * width];
        for (int first = 0; first < count; first += atOnce) {
            int n = Math.min(atOnce, count - first);
            reader.read(first, n, some, 0);
            add(digest, some, n * width);
        }
    }

    private static void add(MessageDigest digest, float[] values, int length) {
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < length; at += chunk.capacity() / 4) {
            int count = Math.min(chunk.capacity() / 4, length - at);
            chunk.asFloatBuffer().put(values, at, count);
            digest.update(chunk.array(), 0, 4 * count);
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
