package io.github.bitlift.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run's resumable state in one safetensors file that knows its own digest.
 *
 * <p>Tensors are the parameters, the auxiliary variables and the optimiser's moments; metadata is everything else, as
 * strings. The first metadata entry, at a fixed place in the file, is the SHA-256 of the whole file with that entry's
 * 64 digits read as zeros, so one changed bit anywhere, header included, is found before anything is believed.
 */
public final class Checkpoint {

    private static final String KEY = "sha256";
    private static final byte[] OPENING =
            ("{\"" + SafetensorsHeader.METADATA + "\":{\"" + KEY + "\":\"").getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS_AT = 8 + OPENING.length;
    private static final int DIGITS = 64;
    private static final String ZEROS = "0".repeat(DIGITS);
    private static final int CHUNK = 1 << 16;

    private Checkpoint() {
    }

    /** Writes a checkpoint whole or not at all; equal state gives equal bytes. */
    public static void write(Path path, Collection<Tensor> tensors, Map<String, String> metadata) {
        if (metadata.containsKey(KEY)) {
            throw new IllegalArgumentException("metadata \"" + KEY + "\" is the checkpoint's own");
        }
        String digest = digest(tensors, with(metadata, ZEROS));
        Safetensors.write(path, tensors, with(metadata, digest));
    }

    /**
     * Reads a checkpoint back after proving that it is what was written.
     *
     * @return its tensors and metadata, without the digest
     * @throws InputException "digest mismatch" if a byte is missing, added or changed
     */
    public static Safetensors read(Path path) {
        try (InputFile file = InputFile.open(path)) {
            verify(file);
        }
        Safetensors state = Safetensors.read(path);
        state.metadata().remove(KEY);
        return state;
    }

    private static Map<String, String> with(Map<String, String> metadata, String digest) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(KEY, digest);
        all.putAll(metadata);
        return all;
    }

    private static String digest(Collection<Tensor> tensors, Map<String, String> metadata) {
        MessageDigest digest = Sha256.start();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Safetensors.write(out, tensors, metadata);
        } catch (IOException impossible) {
            throw new AssertionError("nothing is written to a file here", impossible);
        }
        return Sha256.hex(digest);
    }

    private static void verify(InputFile file) {
        String expected = "a checkpoint exactly as bitlift wrote it";
        if (file.size() < DIGITS_AT + DIGITS) {
            throw file.bad("digest mismatch: the file is too short to hold one", expected);
        }
        byte[] head = file.bytes(DIGITS_AT + DIGITS, "the digest");
        if (!Arrays.equals(head, 8, DIGITS_AT, OPENING, 0, OPENING.length)) {
            throw file.bad("digest mismatch: there is none where a checkpoint has it", expected);
        }
        String stored = new String(head, DIGITS_AT, DIGITS, StandardCharsets.ISO_8859_1);
        MessageDigest digest = Sha256.start();
        digest.update(head, 0, DIGITS_AT);
        digest.update(ZEROS.getBytes(StandardCharsets.US_ASCII));
        while (file.remaining() > 0) {
            digest.update(file.bytes((int) Math.min(CHUNK, file.remaining()), "the state"));
        }
        if (!Sha256.hex(digest).equals(stored)) {
            throw file.bad("digest mismatch: the file is damaged or was edited", expected);
        }
    }
}
