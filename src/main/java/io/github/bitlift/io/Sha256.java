package io.github.bitlift.io;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as lower-case hexadecimal text. */
public final class Sha256 {

    private Sha256() {
    }

    /** A fresh digest. */
    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }

    /** The 64 hexadecimal digits of a digest, which is reset. */
    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of all that a stream still holds. */
    public static String of(InputStream in) throws IOException {
        MessageDigest digest = start();
        byte[] chunk = new byte[1 << 16];
        for (int got = in.read(chunk); got >= 0; got = in.read(chunk)) {
            digest.update(chunk, 0, got);
        }
        return hex(digest);
    }
}
