package io.github.bitlift.backend.cpu;

/**
 * A right factor packed whole, kept from product to product while its numbers stay the same. It belongs to one place in one
 * buffer, one shape and one layout. Several {@link Sgemm} may use it at once; the first that finds it out of date packs it.
 */
final class KeptFactor {
    private static final long NEVER = -1;

    private volatile float[][] panels = {};
    private volatile long packed = NEVER;
    private long seen = NEVER;
    private int uses;
    private boolean isReused = true;

    /** Packs all panels into the array, which may be used again if it is large enough. */
    interface Packing {
        float[][] into(float[][] panels);
    }

    /**
     * Notes one more product with numbers of that version, and says whether it should be packed for this one and later ones: if
     * they have been used before, or if those of the version before were used more than once. The first version is kept.
     */
    synchronized boolean isWanted(long version) {
        if (seen != version) {
            isReused = seen == NEVER || uses > 1;
            seen = version;
            uses = 0;
        }
        uses++;
        return isReused || uses > 1;
    }

    /** The panels of that version. */
    float[][] panels(long version, Packing packing) {
        if (packed != version) {
            synchronized (this) {
                if (packed != version) {
                    packed = NEVER;  // until all of it is packed
                    panels = packing.into(panels);
                    packed = version;
                }
            }
        }
        return panels;
    }
}
