package io.github.bitlift.reproduce;

import java.util.List;
import java.util.Locale;

/**
 * A level of an autoencoder's training (framework paper, §7.3).
 *
 * @param name of the run
 * @param figure of the paper
 * @param loss mean squared error at which training stops
 * @param rho the paper's ρ
 */
record InversionLevel(String name, String figure, double loss, float rho) {
    /** From the worst to the best. */
    static final List<InversionLevel> ALL = List.of(
            new InversionLevel("severely-undertrained", "9", 8.3e-3, 0.08f),
            new InversionLevel("moderately-undertrained", "10", 3.1e-3, 0.06f),
            new InversionLevel("near-converged", "8", 5e-4, 0.07f));

    /** Standard deviation of the noise on codes. */
    static final double NOISE = 0.1;
    /** c of larger codes; those as trained have 1. */
    static final int LARGE = 8;
    /** ρ for codes as trained: of 0.005 and 0.01 the one with the higher median PSNR of 20 training images. */
    static final float BETTER = 0.005f;

    /** From codes 8 times as large; near convergence also as trained, with the paper's ρ and with one that does better. */
    List<Trial> trials() {
        Trial large = new Trial(LARGE, rho);
        return isNearConverged() ? List.of(new Trial(1, rho), new Trial(1, BETTER), large) : List.of(large);
    }

    boolean isNearConverged() {
        return this == ALL.get(ALL.size() - 1);
    }

    /**
     * An inversion.
     *
     * @param scale c of the codes, see {@link AutoencoderInversion}
     * @param rho its ρ
     */
    record Trial(int scale, float rho) {
        boolean isLarge() {
            return scale == LARGE;
        }

        /** Standard deviation of the noise on codes as trained. */
        double noise() {
            return NOISE / scale;
        }

        /** ρ for codes as trained. */
        float weight() {
            return rho / (scale * scale);
        }

        String text(InversionLevel level) {
            return String.format(Locale.ROOT, "%s, codes times %d, rho %s", level.name, scale, rho);
        }
    }
}
