package io.github.bitlift.backend.cuda;

/**
 * A kernel parameter or a field of a descriptor. Addresses within a program's own memory are known only when all of it has
 * been planned, so they are kept as an offset from a {@link Base}.
 *
 * @param base what the bits are an offset from
 * @param bits the value's bits
 * @param size bytes it takes
 */
record Value(Base base, long bits, int size) {

    /** What an address counts from. */
    enum Base { NOTHING, SCRATCH, DESCRIPTORS }

    static final Value NULL = of(0L);

    static Value of(long value) {
        return new Value(Base.NOTHING, value, 8);
    }

    static Value of(int value) {
        return new Value(Base.NOTHING, value & 0xffffffffL, 4);
    }

    static Value of(float value) {
        return of(Float.floatToRawIntBits(value));
    }

    static Value of(double value) {
        return of(Double.doubleToRawLongBits(value));
    }

    /** An address in the program's scratch memory. */
    static Value scratch(long offset) {
        return new Value(Base.SCRATCH, offset, 8);
    }

    /** An address among the program's descriptors. */
    static Value descriptor(long offset) {
        return new Value(Base.DESCRIPTORS, offset, 8);
    }

    long resolve(long scratch, long descriptors) {
        return switch (base) {
            case NOTHING -> bits;
            case SCRATCH -> scratch + bits;
            case DESCRIPTORS -> descriptors + bits;
        };
    }
}
