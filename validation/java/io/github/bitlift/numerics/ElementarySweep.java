package io.github.bitlift.numerics;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Judges the binary32 functions of {@link Numerics} on all 2^32 arguments, or on every N-th, and hashes their results.
 *
 * <pre>java -cp target/classes:target/test-classes io.github.bitlift.numerics.ElementarySweep [--stride N]
 *     [--threads N] [--out FILE] [function ...]</pre>
 *
 * <p>Arguments are taken in ascending order of their raw bits read as an unsigned number: 0, N, 2N, ... The hash of a
 * function is the SHA-256 of the concatenated SHA-256 values of 256 chunks; chunk c covers the arguments with raw bits
 * from c 2^24 to (c + 1) 2^24 - 1 and hashes the results in order, each as four bytes, least significant first. Exit
 * status 1 on any wrong result.
 */
public final class ElementarySweep {

    private static final int CHUNKS = 256;
    private static final int CHUNK_BITS = 24;
    private static final int BUFFER = 64 * 1024;
    private static final int SHOWN = 64;
    private static final int EXPONENTS = 256;
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /**
     * What a sweep found.
     *
     * @param function  the name of the function
     * @param stride    the distance of raw bits between arguments
     * @param inputs    the number of arguments
     * @param errors    the number of results that are not correctly rounded
     * @param undecided the number of arguments settled in decimal arithmetic
     * @param maxUlp    the largest error in units in the last place of the result, finite results only
     * @param hash      the SHA-256 described above, in hexadecimal
     * @param failures  the raw bits of the first wrong arguments with the results expected, for messages
     */
    public record Result(String function, int stride, long inputs, long errors, long undecided, double maxUlp,
                         String hash, List<String> failures) {
        /** The line of the golden file. */
        String golden() {
            return function + (stride == 1 ? " full " : " stride-" + stride + " ") + hash;
        }
    }

    private final ElementaryFunction subject;
    private final int stride;
    private final byte[][] digests = new byte[CHUNKS][];
    private final AtomicInteger next = new AtomicInteger();
    private final List<String> failures = new ArrayList<>();
    private long inputs;
    private long errors;
    private long undecided;
    private double maxUlp;

    private ElementarySweep(ElementaryFunction subject, int stride) {
        this.subject = subject;
        this.stride = stride;
    }

    /**
     * Sweeps one function.
     *
     * @param function one of exp, log, tanh, atanh, sigmoid, softplus, sinPi, cosPi
     * @param stride   distance between arguments, at least 1
     * @param threads  number of threads, at least 1
     * @return what was found
     */
    public static Result sweep(String function, int stride, int threads) {
        if (stride < 1 || threads < 1) {
            throw new IllegalArgumentException("stride and threads must be at least 1, got " + stride + ", " + threads);
        }
        return new ElementarySweep(ElementaryFunction.of(function), stride).run(threads);
    }

    private Result run(int threads) {
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread worker = new Thread(this::work, "sweep-" + t);
            worker.start();
            workers.add(worker);
        }
        MessageDigest all = sha256();
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        for (byte[] digest : digests) {
            if (digest == null) {
                throw new IllegalStateException("a worker failed on " + subject.label);
            }
            all.update(digest);
        }
        return new Result(subject.label, stride, inputs, errors, undecided, maxUlp,
            HexFormat.of().formatHex(all.digest()), List.copyOf(failures));
    }

    private void work() {
        byte[] buffer = new byte[BUFFER];
        for (int c = next.getAndIncrement(); c < CHUNKS; c = next.getAndIncrement()) {
            chunk(c, buffer);
        }
    }

    private void chunk(int c, byte[] buffer) {
        MessageDigest sha = sha256();
        long end = (long) (c + 1) << CHUNK_BITS;
        long begin = ((((long) c << CHUNK_BITS) + stride - 1) / stride) * stride;
        long count = 0;
        long wrong = 0;
        long hard = 0;
        double[] worst = new double[EXPONENTS];
        int fill = 0;
        for (long i = begin; i < end; i += stride) {
            float x = Float.intBitsToFloat((int) i);
            float y = subject.function.applyAsFloat(x);
            double guess = subject.estimate.applyAsDouble(x);
            float low = (float) (guess * (1.0 - ElementaryFunction.MARGIN));
            float high = (float) (guess * (1.0 + ElementaryFunction.MARGIN));
            int bits = Float.floatToRawIntBits(y);
            if (bits != Float.floatToRawIntBits(low) || low != high) {
                float right = subject.correct(x, guess);
                hard += low != high && guess == guess ? 1 : 0;
                if (bits != Float.floatToRawIntBits(right)) {
                    wrong++;
                    report(x, y, right);
                }
            }
            double off = Math.abs(y - guess);
            int exponent = (bits >>> 23) & 0xff;
            if (off > worst[exponent]) {
                worst[exponent] = off;
            }
            INTS.set(buffer, fill, bits);
            fill += 4;
            if (fill == BUFFER) {
                sha.update(buffer);
                fill = 0;
            }
            count++;
        }
        sha.update(buffer, 0, fill);
        merge(c, sha.digest(), count, wrong, hard, inUlps(worst));
    }

    /** The largest of the errors, each given for one biased exponent of the result; infinite results don't count. */
    private static double inUlps(double[] worst) {
        double max = 0.0;
        for (int e = 0; e < EXPONENTS - 1; e++) {
            max = Math.max(max, worst[e] / Math.ulp(Float.intBitsToFloat(e << 23)));
        }
        return max;
    }

    private synchronized void report(float x, float y, float right) {
        if (failures.size() < SHOWN) {
            failures.add(String.format(Locale.ROOT, "%s(0x%08x = %s) = 0x%08x, expected 0x%08x", subject.label,
                Float.floatToRawIntBits(x), Float.toHexString(x), Float.floatToRawIntBits(y),
                Float.floatToRawIntBits(right)));
        }
    }

    private synchronized void merge(int c, byte[] digest, long count, long wrong, long hard, double worst) {
        digests[c] = digest;
        inputs += count;
        errors += wrong;
        undecided += hard;
        maxUlp = worst > maxUlp ? worst : maxUlp;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Runs the sweep and prints a line per function.
     *
     * @param args see above
     * @throws IOException if the output file can't be written
     */
    public static void main(String[] args) throws IOException {
        int stride = 1;
        int threads = Runtime.getRuntime().availableProcessors();
        Path out = null;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--stride" -> stride = Integer.parseInt(args[++i]);
                case "--threads" -> threads = Integer.parseInt(args[++i]);
                case "--out" -> out = Path.of(args[++i]);
                default -> names.add(args[i]);
            }
        }
        if (names.isEmpty()) {
            for (ElementaryFunction f : ElementaryFunction.values()) {
                names.add(f.label);
            }
        }
        StringBuilder golden = new StringBuilder();
        long errors = 0;
        for (String name : names) {
            long start = System.nanoTime();
            Result r = sweep(name, stride, threads);
            errors += r.errors();
            golden.append(r.golden()).append('\n');
            System.out.printf(Locale.ROOT, "%-9s %d inputs, %d errors, max %.9f ulp, %d settled in decimal, %.1f s, %s%n",
                name, r.inputs(), r.errors(), r.maxUlp(), r.undecided(), (System.nanoTime() - start) * 1e-9, r.hash());
            r.failures().forEach(System.out::println);
        }
        if (out != null) {
            Files.writeString(out, golden);
        }
        if (errors > 0) {
            System.exit(1);
        }
    }
}
