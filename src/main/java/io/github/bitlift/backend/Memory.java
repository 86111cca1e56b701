package io.github.bitlift.backend;

/**
 * The account of what a backend's buffers and programs hold: bytes now, their peak, and a limit that every allocation
 * observes. On the processor they lie on the Java heap, on a GPU in the device's memory.
 */
public final class Memory {
    private long limit = Long.MAX_VALUE;
    private long held;
    private long peak;

    /** Lets no allocation bring the account above a number of bytes; what is held already stays. */
    public synchronized void limit(long bytes) {
        limit = bytes;
    }

    /** Bytes held. */
    public synchronized long held() {
        return held;
    }

    /** The most bytes that were held at one time. */
    public synchronized long peak() {
        return peak;
    }

    /**
     * Enters an allocation about to be made.
     *
     * @param bytes at least 0
     * @param subject what it is for, named where it is refused
     * @throws MemoryLimitException if it would exceed the limit; nothing is entered then
     */
    public synchronized void take(long bytes, Object subject) {
        if (bytes > limit - held) {
            throw new MemoryLimitException("memory limit: " + subject + " needs " + bytes + " bytes, " + held
                    + " are held, and the limit is " + limit);
        }
        held += bytes;
        peak = Math.max(peak, held);
    }

    /** Strikes an allocation off. */
    public synchronized void give(long bytes) {
        held -= bytes;
    }
}
