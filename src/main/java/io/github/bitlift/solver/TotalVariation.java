package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.State;
import io.github.bitlift.backend.TvPdhg.Stop;
import java.util.ArrayList;
import java.util.List;

/**
 * Denoising by total variation, {@code min_x ½‖x − f‖² + λ TV(x)} (Rudin, Osher and Fatemi 1992), every image of a batch by
 * itself, by the primal-dual hybrid gradient method of {@link TvPdhg}. It starts from x = f and z = 0. An image's result, and
 * when and why it stops, don't depend on the batch.
 *
 * <p>The objective is 1-strongly convex, so a duality gap of g bounds the distance from the minimiser by {@code √(2g)}: the gap
 * divided by the number of pixels is half a mean squared error. λ = 0 gives f itself, after no iteration.
 *
 * <p>It holds {@code n·(4·H·W + 8)} numbers, and a program with what {@link Backend#scratchBytes} says.
 */
public final class TotalVariation implements AutoCloseable {
    /** ‖∇‖² = 4 sin²(π(H−1)/2H) + 4 sin²(π(W−1)/2W) is below this, whatever the size. */
    public static final double GRADIENT_NORM_SQUARED = 8;
    /** The count of iterations is exact in the state up to this. */
    public static final int MOST_ITERATIONS = 1 << 24;
    /** Of an image: its dual variables' places are ints. */
    public static final int MOST_PIXELS = Integer.MAX_VALUE / 4;
    /** Checks per program, so per look at the progress. */
    private static final int CHECKS = 4;
    /** Iterations of a program, which may hold launches for each; between checks that lie farther apart it runs several times. */
    private static final int MOST_PER_PROGRAM = 128;
    /** Written at a time. */
    private static final int ZEROS = 1 << 16;

    /**
     * The problem.
     *
     * @param height H
     * @param width W
     * @param isotropic whether TV is {@code Σ √(d₁² + d₂²)} over forward differences; {@code Σ |d₁| + |d₂|} otherwise
     * @param lambda λ, finite, at least 0
     */
    public record Model(int height, int width, boolean isotropic, float lambda) {
        /** Checks numbers. */
        public Model {
            if (height < 1 || width < 1 || (long) height * width > MOST_PIXELS) {
                throw new IllegalArgumentException("images of " + height + " x " + width + ", expected 1 to " + MOST_PIXELS
                        + " pixels, at most " + (int) Math.sqrt(MOST_PIXELS) + " x " + (int) Math.sqrt(MOST_PIXELS));
            }
            if (!(lambda >= 0 && lambda < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("lambda " + lambda + ", expected a finite number of at least 0");
            }
        }

        int pixels() {
            return height * width;
        }
    }

    /** Why an image stopped. */
    public enum Reason {
        /** The duality gap is small enough. */
        GAP,
        /** x and z hardly change any more. */
        CHANGE,
        /** It took all iterations. */
        COUNT,
        /** The observer wanted no more. */
        CANCELLED,
        /** There are numbers no longer finite. */
        DIVERGED
    }

    /**
     * How an image ended.
     *
     * @param reason why
     * @param iterations how many it took
     * @param gap the duality gap divided by the number of pixels, at its last check; NaN if there was none
     * @param changeX the root mean square of x's last change checked; NaN if none was
     * @param changeZ the same of z, over pixels
     */
    public record Outcome(Reason reason, int iterations, double gap, double changeX, double changeZ) {
    }

    /** How far a batch is. */
    public interface Progress {
        /** Iterations that images still running have taken. */
        int iterations();

        /** How many images haven't stopped. */
        int running();

        /** The largest gap divided by the number of pixels. */
        double gap();

        /** The present x, {@code [n, H·W]}, read from the backend. */
        float[] images();
    }

    /** Is told now and then. */
    @FunctionalInterface
    public interface Observer {
        /** Returns whether to go on. */
        boolean proceeds(Progress progress);
    }

    private final Backend backend;
    private final Model model;
    private final TotalVariationSettings settings;
    private final int images;
    private final List<Buffer> buffers = new ArrayList<>();
    private final Matrix f;
    private final Matrix x;
    private final Matrix z;
    private final Matrix state;
    private final float[] states;
    private Program program;
    private int programIterations;
    private int programEvery;

    /**
     * Allocates for batches of {@code images}, all that it will ever need on the backend.
     *
     * @throws IllegalArgumentException if the settings' steps break τσλ²·8 ≤ 1
     */
    public TotalVariation(Backend backend, Model model, TotalVariationSettings settings, int images) {
        this.backend = backend;
        this.model = model;
        this.settings = settings;
        this.images = images;
        settings.requireStable(model.lambda());
        int pixels = model.pixels();
        try {
            f = matrix(pixels);
            x = matrix(pixels);
            z = matrix(2 * pixels);
            state = matrix(TvPdhg.STATE);
            if (model.lambda() != 0) {
                prepare(0);
            }
        } catch (RuntimeException | OutOfMemoryError problem) {
            close();
            throw problem;
        }
        states = new float[images * TvPdhg.STATE];
    }

    private Matrix matrix(int columns) {
        Buffer buffer = backend.allocate((long) images * columns);
        buffers.add(buffer);
        return Matrix.of(buffer, images, columns);
    }

    /**
     * Denoises.
     *
     * @param data f, {@code [n, H·W]}, finite
     * @return how each image ended; {@link #result} has the images
     * @throws IllegalArgumentException if the data have another size, NaN or infinity
     */
    public List<Outcome> run(float[] data, Observer observer) {
        require(data);
        f.write(data);
        x.write(data);
        if (model.lambda() == 0) {
            return java.util.Collections.nCopies(images, new Outcome(Reason.GAP, 0, 0, 0, 0));
        }
        float[] zeros = new float[(int) Math.min(ZEROS, z.size())];
        for (long at = 0; at < z.size(); at += zeros.length) {
            z.buffer().write(z.offset() + at, zeros, 0, (int) Math.min(zeros.length, z.size() - at));
        }
        start();
        int done = 0;
        boolean proceeds = true;
        while (done < settings.iterations() && proceeds && running() > 0) {
            done += prepare(done);
            program.run();
            readStates();
            boolean checked = done % settings.checkEvery() == 0 || done == settings.iterations();
            proceeds = !checked || observer.proceeds(progress());
        }
        return outcomes(done < settings.iterations() ? Reason.CANCELLED : Reason.COUNT);
    }

    /** x, {@code [n, H·W]}. */
    public float[] result() {
        return x.toArray();
    }

    private void require(float[] data) {
        long expected = (long) images * model.pixels();
        if (data.length != expected) {
            throw new IllegalArgumentException("data of " + data.length + " numbers, expected " + images + " images of "
                    + model.height() + " x " + model.width());
        }
        for (int i = 0; i < data.length; i++) {
            if (!Float.isFinite(data[i])) {
                int k = i % model.pixels();
                throw new IllegalArgumentException("image " + i / model.pixels() + ", row " + k / model.width() + ", column "
                        + k % model.width() + " (counted from 0): " + data[i] + ", expected a finite number");
            }
        }
    }

    private void start() {
        java.util.Arrays.fill(states, 0f);
        for (int image = 0; image < images; image++) {
            set(image, State.TAU, settings.tau());
            set(image, State.SIGMA, settings.sigmaFor(model.lambda()));
            set(image, State.ALPHA, TotalVariationSettings.ALPHA);
            set(image, State.GAP, Float.NaN);
            set(image, State.CHANGE_X, Float.NaN);
            set(image, State.CHANGE_Z, Float.NaN);
        }
        state.write(states);
    }

    /**
     * Makes sure of a program of the next iterations, if any: some checks' worth, what is left of whole checks' worth, or the few
     * that are left in the end, whose last one is checked too.
     *
     * @return how many it takes
     */
    private int prepare(int done) {
        int every = settings.checkEvery();
        int whole = settings.iterations() / every * every;
        boolean isRegular = done < whole;
        int most = every > MOST_PER_PROGRAM ? MOST_PER_PROGRAM : Math.min(CHECKS, MOST_PER_PROGRAM / every) * every;
        int many = Math.min(most, (isRegular ? whole : settings.iterations()) - done);
        int checked = isRegular ? every : settings.iterations();
        if (program == null || many != programIterations || checked != programEvery) {
            closeProgram();
            program = backend.compile(List.of(operation(many, Math.max(1, checked))));
            programIterations = many;
            programEvery = checked;
        }
        return many;
    }

    private TvPdhg operation(int iterations, int every) {
        return new TvPdhg(model.height(), model.width(), model.isotropic(), new TvPdhg.Denoise(f), model.lambda(), x, z, state,
                settings.rule(), every, settings.gap() * model.pixels(),
                settings.change() * Math.sqrt(model.pixels()), iterations);
    }

    private void readStates() {
        state.buffer().read(state.offset(), states, 0, states.length);
    }

    private float get(int image, State column) {
        return states[image * TvPdhg.STATE + column.ordinal()];
    }

    private void set(int image, State column, float value) {
        states[image * TvPdhg.STATE + column.ordinal()] = value;
    }

    private Stop stop(int image) {
        return Stop.values()[(int) get(image, State.STOP)];
    }

    private int running() {
        int count = 0;
        for (int image = 0; image < images; image++) {
            count += stop(image) == Stop.NONE ? 1 : 0;
        }
        return count;
    }

    private Progress progress() {
        return new Progress() {
            @Override
            public int iterations() {
                int most = 0;
                for (int image = 0; image < images; image++) {
                    most = Math.max(most, (int) get(image, State.ITERATIONS));
                }
                return most;
            }

            @Override
            public int running() {
                return TotalVariation.this.running();
            }

            @Override
            public double gap() {
                double most = Double.NEGATIVE_INFINITY;
                for (int image = 0; image < images; image++) {
                    most = Math.max(most, get(image, State.GAP));
                }
                return most / model.pixels();
            }

            @Override
            public float[] images() {
                return result();
            }
        };
    }

    private List<Outcome> outcomes(Reason otherwise) {
        List<Outcome> outcomes = new ArrayList<>();
        double root = Math.sqrt(model.pixels());
        for (int image = 0; image < images; image++) {
            Reason reason = switch (stop(image)) {
                case GAP -> Reason.GAP;
                case CHANGE -> Reason.CHANGE;
                case DIVERGED -> Reason.DIVERGED;
                case NONE -> otherwise;
            };
            outcomes.add(new Outcome(reason, (int) get(image, State.ITERATIONS), get(image, State.GAP) / model.pixels(),
                    get(image, State.CHANGE_X) / root, get(image, State.CHANGE_Z) / root));
        }
        return outcomes;
    }

    private void closeProgram() {
        if (program != null) {
            program.close();
            program = null;
        }
    }

    @Override
    public void close() {
        closeProgram();
        buffers.forEach(Buffer::close);
    }
}
