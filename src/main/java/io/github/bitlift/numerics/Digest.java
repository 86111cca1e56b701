package io.github.bitlift.numerics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * SHA-256 of binary32 values: each as four bytes, least significant first, in the order in which they are given. Every
 * NaN enters as {@code 0x7fc00000}; the two zeros differ. How the values are divided among calls doesn't matter.
 *
 * <p>The values stream through a buffer of 64 KiB. An instance is good for one digest and one thread.
 */
public final class Digest {

    private static final int BUFFER = 64 * 1024;
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest sha;
    private final byte[] buffer = new byte[BUFFER];
    private int fill;
    private boolean done;

    /**
     * Starts a digest.
     *
     * @throws IllegalStateException if the platform lacks SHA-256, which the Java specification forbids
     */
    public Digest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this Java platform", e);
        }
    }

    /**
     * The digest of whole arrays, one after the other.
     *
     * @param arrays the values
     * @return 64 lower-case hexadecimal digits
     */
    public static String of(float[]... arrays) {
        Digest digest = new Digest();
        for (float[] x : arrays) {
            digest.update(x, 0, x.length);
        }
        return digest.hex();
    }

    /**
     * Adds part of an array.
     *
     * @param x      the values
     * @param offset index of the first one
     * @param n      their number
     * @return this
     * @throws IndexOutOfBoundsException if the range is not within the array
     * @throws IllegalStateException     after {@link #hex()}
     */
    public Digest update(float[] x, int offset, int n) {
        Objects.checkFromIndexSize(offset, n, x.length);
        requireOpen();
        for (int i = offset; i < offset + n; i++) {
            INTS.set(buffer, fill, Float.floatToRawIntBits(Numerics.canonical(x[i])));
            fill += Float.BYTES;
            if (fill == BUFFER) {
                sha.update(buffer, 0, fill);
                fill = 0;
            }
        }
        return this;
    }

    /**
     * Ends the digest.
     *
     * @return 64 lower-case hexadecimal digits
     * @throws IllegalStateException if called twice
     */
    public String hex() {
        requireOpen();
        done = true;
        sha.update(buffer, 0, fill);
        return HexFormat.of().formatHex(sha.digest());
    }

    private void requireOpen() {
        if (done) {
            throw new IllegalStateException("this digest has ended; a new one is needed");
        }
    }
}
