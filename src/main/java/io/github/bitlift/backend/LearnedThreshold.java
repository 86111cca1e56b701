package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThresholding;

/**
 * Soft-thresholding with a threshold that lies in the backend's memory, such as LISTA's γλ (framework paper, eq. 13): it is read
 * whenever the map is applied, so that a recorded {@link Program} sees what training has made of it. Every bit is that of
 * {@link io.github.bitlift.prox.SoftThreshold} with the same number; 0 gives the identity (+0 for −0), and what isn't a finite
 * number {@code >= 0} is kept away by those who change it.
 *
 * <p>No operation that applies the map may write the threshold.
 *
 * @param threshold {@code [1, 1]}
 */
public record LearnedThreshold(Matrix threshold) implements SoftThresholding {

    /** Of its kernels. */
    public static final String STEM = "learned_soft_threshold";

    /** Checks the shape. */
    public LearnedThreshold {
        threshold.require("threshold", 1, 1);
    }

    /** The threshold that applying a map reads, or null. */
    static Matrix of(ProxMap map) {
        return map instanceof LearnedThreshold learned ? learned.threshold : null;
    }

    @Override
    public String stem() {
        return STEM;
    }

    /** None: kernels take the threshold's address. */
    @Override
    public float[] parameters() {
        return new float[0];
    }

    /** Read on the heap; elsewhere kernels do it. */
    @Override
    public float lambda() {
        return HostBuffer.array(threshold)[HostBuffer.start(threshold)];
    }
}
