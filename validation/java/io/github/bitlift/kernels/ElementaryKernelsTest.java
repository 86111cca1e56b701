package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.numerics.Numerics;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The elementary functions of kernels/numerics.cuh have the bits of {@link Numerics}. */
class ElementaryKernelsTest {
    private static final int STRIDE = 1021;
    private static final String LOG_2_IN_JAVADOC = "0x1.62e43p-1";
    private static final int CHUNKS = 256;
    private static final int CHUNK_BITS = 24;

    @ParameterizedTest
    @ValueSource(strings = {"exp", "log", "tanh", "atanh", "sigmoid", "softplus", "sinPi", "cosPi"})
    void sweepHashesAsPublished(String function) throws Exception {
        Process process = HostKernels.start(Redirect.PIPE, "sweep", function, String.valueOf(STRIDE));
        String hash;
        try (InputStream results = process.getInputStream()) {
            hash = sweepHash(results);
            assertThat(results.read()).as("what follows the last result").isEqualTo(-1);
        }
        assertThat(process.waitFor()).isZero();
        Path golden = HostKernels.HOME.resolve("validation/golden/elementary.sha256");
        assertThat(Files.readAllLines(golden)).contains(function + " stride-" + STRIDE + " " + hash);
    }

    /** The hash defined by ElementarySweep, of results in the order of their arguments. */
    private static String sweepHash(InputStream results) throws IOException, GeneralSecurityException {
        MessageDigest all = MessageDigest.getInstance("SHA-256");
        for (long c = 0; c < CHUNKS; c++) {
            long upTo = (c + 1) << CHUNK_BITS;
            long count = (upTo - 1) / STRIDE - ((c << CHUNK_BITS) + STRIDE - 1) / STRIDE + 1;
            byte[] chunk = results.readNBytes((int) (4 * count));
            assertThat(chunk).hasSize((int) (4 * count));
            all.update(MessageDigest.getInstance("SHA-256").digest(chunk));
        }
        return HexFormat.of().formatHex(all.digest());
    }

    /** A wrong last digit of a high coefficient would show in few results, or none; here it does. */
    @Test
    void constantsAreTheSame() throws IOException {
        Path numerics = HostKernels.HOME.resolve("src/main/java/io/github/bitlift/numerics");
        Set<String> java = new TreeSet<>(constants(numerics.resolve("Elementary64.java")));
        java.addAll(constants(numerics.resolve("ElementaryCore.java")));
        java.addAll(constants(numerics.resolve("Numerics.java")));
        java.remove(LOG_2_IN_JAVADOC);
        assertThat(java).hasSizeGreaterThan(50);
        assertThat(constants(HostKernels.HOME.resolve("kernels/numerics.cuh"))).containsAll(java);
    }

    private static Set<String> constants(Path file) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile("-?0x[0-9a-f]\\.[0-9a-f]+p-?[0-9]+|0x[0-9a-f]{8,}").matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    @Test
    void binary64FunctionsAgree(@TempDir Path folder) throws IOException {
        agree(folder, "exp64", Numerics::exp64);
        agree(folder, "log64", Numerics::log64);
        agree(folder, "log1p64", Numerics::log1p64);
        agree(folder, "expm164", Numerics::expm164);
    }

    private static void agree(Path folder, String name, DoubleUnaryOperator function) throws IOException {
        double[] arguments = arguments(name.hashCode());
        ByteBuffer input = ByteBuffer.allocate(8 * arguments.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double x : arguments) {
            input.putDouble(x);
        }
        ByteBuffer results = HostKernels.run(folder, input.array(), "map64", name);
        assertThat(results.remaining()).isEqualTo(input.capacity());
        for (double x : arguments) {
            assertThat(Double.doubleToLongBits(results.getDouble())).as("%s(%s)", name, Double.toHexString(x))
                    .isEqualTo(Double.doubleToLongBits(function.applyAsDouble(x)));
        }
    }

    /** Any bits, then numbers of 2^-60 to 2^10, then special values. */
    private static double[] arguments(long seed) {
        double[] specials = {
            0.0, -0.0, 1.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE,
            -Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, -Double.MAX_VALUE, 0x1.62e42fefa39efp9,
            0x1.62e42fefa39f0p9, -0x1.74910d52d3052p9, -0x1.74910d52d3051p9, 40.0, -40.0, 0x1.0p-54, 709.0, -745.0
        };
        SplittableRandom random = new SplittableRandom(seed);
        double[] x = new double[60_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 2 == 0
                    ? Double.longBitsToDouble(random.nextLong())
                    : Math.scalb(random.nextDouble(-1.0, 1.0), random.nextInt(-60, 11));
        }
        System.arraycopy(specials, 0, x, 0, specials.length);
        return x;
    }
}
