package io.github.bitlift.cli;

import io.github.bitlift.data.Degradation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a network learns to do (framework paper §7.2). */
enum Task {
    /** Remove Gaussian noise, σ = 0.15. */
    DENOISE(new Degradation.GaussianNoise(0.15f), "Gaussian noise, sigma 0.15"),
    /** Undo a 5×5 Gaussian blur of σ = 1 pixel and noise of σ = 0.03. */
    DEBLUR(new Degradation.GaussianBlur(2, 1.0, new Degradation.GaussianNoise(0.03f)),
            "5x5 Gaussian blur, sigma 1, and noise, sigma 0.03"),
    /** Fill in the 30 % of pixels that were removed. */
    INPAINT(new Degradation.MissingPixels(0.3f), "30 % of pixels removed"),
    /** Give the image back, through a code (framework paper, §7.3). */
    AUTOENCODE(new Degradation.None(), "images to themselves"),
    /** Tell which of ten classes an image belongs to: centred images to one-hot targets (JMLR paper, §6.1). */
    CLASSIFY(null, "centred images to one-hot classes"),
    /** Map the user's own inputs to the user's own targets. */
    PAIRS(null, "inputs and targets as given");

    /** Philox stream of the degradation of training images. */
    static final long TRAINING_STREAM = 1;
    /** Philox stream of the degradation of validation images. */
    static final long VALIDATION_STREAM = 2;
    /** Philox stream of {@code restore --degrade}. */
    static final long RESTORE_STREAM = 3;

    private final Degradation degradation;
    private final String description;

    Task(Degradation degradation, String description) {
        this.degradation = degradation;
        this.description = description;
    }

    /** The task of that name. */
    static Task named(String option, String name) {
        Choice.require(option, name, names());
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** All names. */
    static List<String> names() {
        return Arrays.stream(values()).map(Task::title).toList();
    }

    /** Names of the tasks that degrade images. */
    static List<String> imageTasks() {
        return Arrays.stream(values()).filter(task -> task.degradation != null && task != AUTOENCODE).map(Task::title).toList();
    }

    /** The name on the command line. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How inputs come from clean images; null where they aren't degraded. */
    Degradation degradation() {
        return degradation;
    }

    /** The degradation in words. */
    String description() {
        return description;
    }
}
