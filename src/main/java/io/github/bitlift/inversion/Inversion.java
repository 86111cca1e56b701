package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import java.util.List;

/**
 * Recovers inputs from outputs, each by itself: an image has the bits in a batch that it has alone, and the same on all backends.
 */
public interface Inversion extends AutoCloseable {

    /** Why an image was done. */
    enum Stop {
        /** It hardly changed any more. */
        CHANGE,
        /** It took all its iterations. */
        COUNT,
        /** There are numbers no longer finite. */
        DIVERGED
    }

    /**
     * How it is done.
     *
     * @param rho ρ, finite and above 0
     * @param steps of the input and its dual variable, or null for {@link Steps#of}
     * @param iterations at most, at least 1: primal-dual steps for one layer, else outer iterations
     * @param inner primal-dual steps per outer iteration at most, at least 1; of no use for one layer
     * @param tolerance what counts as no change, in the Euclidean norm; negative for never
     * @param every iterations from check to check, at least 1
     */
    record Options(float rho, Steps steps, int iterations, int inner, double tolerance, int every) {

        /** Checks values. */
        public Options {
            if (!(rho > 0 && rho < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("rho " + rho + ", expected a finite number > 0");
            }
            if (iterations < 1 || inner < 1 || every < 1 || Double.isNaN(tolerance)) {
                throw new IllegalArgumentException(iterations + " iterations, " + inner + " inner ones, a check every " + every
                        + ", tolerance " + tolerance + "; expected at least 1, and a number");
            }
        }
    }

    /**
     * One input recovered.
     *
     * @param x {@code [H·W]}
     * @param z its dual variable {@code [2·H·W]}
     * @param auxiliaries u₁ … u_{J−1}
     * @param objective what was minimised, in binary64
     * @param tv TV(x)
     * @param penalties B_Ψj(u_j, W_j u_{j−1} + b_j) for j = 1 … J
     * @param iterations so many did it take
     * @param stop what ended it
     */
    record Recovered(
            float[] x, float[] z, List<float[]> auxiliaries, double objective, double tv, double[] penalties, int iterations,
            Stop stop) {}

    /**
     * Where to start.
     *
     * @param x {@code [n, H·W]}, from which u₁, …, u_{J−1} follow by a forward pass, or null for all of them zero
     * @param z {@code [n, 2·H·W]}, or null for zeros
     */
    record Start(float[] x, float[] z) {
        /** All zero, as in the framework paper (§7.3). */
        public static final Start ZERO = new Start(null, null);
    }

    /** Hears how far it is. */
    @FunctionalInterface
    interface Watch {
        /** Nobody listens. */
        Watch NONE = (iteration, change, images) -> {};

        /**
         * After every check.
         *
         * @param iteration so many are done
         * @param change the largest change of an image that isn't done, 0 if all are
         * @param images takes a copy of all images as they are, {@code [n, H·W]}
         */
        void at(int iteration, double change, java.util.function.Supplier<float[]> images);
    }

    /**
     * By the layers that there are: {@link SingleLayer} for one of them, else {@link MultiLayer}.
     *
     * @param layers from input to output
     * @param images the number of images at once
     * @throws IllegalArgumentException if something doesn't fit, or given steps break the condition of {@link Steps}
     */
    static Inversion of(Backend backend, List<Layer> layers, ImageVariation tv, Options options, int images) {
        return layers.size() == 1
                ? new SingleLayer(backend, layers.get(0), tv, options, images)
                : new MultiLayer(backend, layers, tv, options, images);
    }

    /**
     * Recovers inputs. Numbers that no output can have are first brought to the nearest that one can: to the closure of Ψ's
     * domain, outside which the penalty is infinite whatever the input.
     *
     * @param outputs {@code [n, outputs]}
     * @param start where to start
     * @param watch hears how far it is
     */
    List<Recovered> run(float[] outputs, Start start, Watch watch);

    /** Step sizes that are in use. */
    Steps steps();

    @Override
    void close();
}
