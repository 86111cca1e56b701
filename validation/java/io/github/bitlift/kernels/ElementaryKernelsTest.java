package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.numerics.Numerics;
import java.io.IOException;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The elementary functions of kernels/numerics.cuh, on the emulated driver, have the bits of {@link Numerics}. */
class ElementaryKernelsTest {
    private static final int STRIDE = 1021;
    private static final String LOG_2_IN_JAVADOC = "0x1.62e43p-1";
    private static final int CHUNKS = 256;
    private static final int CHUNK_BITS = 24;

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "log", "tanh", "atanh", "sigmoid", "softplus", "sinPi", "cosPi"})
    void sweepHashesAsPublished(String function) throws Exception {
        int count = (int) (((long) CHUNKS << CHUNK_BITS) / STRIDE) + 1;
        String hash;
        try (EmulatedKernels kernels = EmulatedKernels.open(0)) {
            Operand out = kernels.floats(new float[count], 0);
            kernels.launch("elementary_" + function, 7, 256, 0, STRIDE, (long) count, out);
            hash = sweepHash(out.toFloats());
        }
        Path golden = NativeBuild.HOME.resolve("validation/golden/elementary.sha256");
        assertThat(Files.readAllLines(golden)).contains(function + " stride-" + STRIDE + " " + hash);
    }

    /** The hash defined by ElementarySweep, of results in the order of their arguments. */
    private static String sweepHash(float[] results) throws GeneralSecurityException {
        MessageDigest all = MessageDigest.getInstance("SHA-256");
        int from = 0;
        for (long c = 0; c < CHUNKS; c++) {
            int upto = (int) ((((c + 1) << CHUNK_BITS) - 1) / STRIDE) + 1;
            ByteBuffer chunk = ByteBuffer.allocate(4 * (upto - from)).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = from; i < upto; i++) {
                chunk.putInt(Float.floatToRawIntBits(results[i]));
            }
            all.update(MessageDigest.getInstance("SHA-256").digest(chunk.array()));
            from = upto;
        }
        assertThat(from).isEqualTo(results.length);
        return HexFormat.of().formatHex(all.digest());
    }

    /** A wrong last digit of a high coefficient would show in few results, or none; here it does. */
    @Test
    void constantsAreTheSame() throws IOException {
        Path numerics = NativeBuild.HOME.resolve("src/main/java/io/github/bitlift/numerics");
        Set<String> java = new TreeSet<>(constants(numerics.resolve("Elementary64.java")));
        java.addAll(constants(numerics.resolve("ElementaryCore.java")));
        java.addAll(constants(numerics.resolve("Numerics.java")));
        java.remove(LOG_2_IN_JAVADOC);
        assertThat(java).hasSizeGreaterThan(50);
        assertThat(constants(NativeBuild.HOME.resolve("kernels/numerics.cuh"))).containsAll(java);
    }

    private static Set<String> constants(Path file) throws IOException {
        Set<String> found = new TreeSet<>();
        Pattern constant = Pattern.compile("-?0x[0-9a-f]\\.[0-9a-f]+p-?[0-9]+|0x[0-9a-f]{8,}");
        Matcher matcher = constant.matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    @Test
    void binary64FunctionsAgree() {
        agree("exp64", Numerics::exp64);
        agree("log64", Numerics::log64);
        agree("log1p64", Numerics::log1p64);
        agree("expm164", Numerics::expm164);
    }

    private static void agree(String name, DoubleUnaryOperator function) {
        double[] arguments = arguments(name.hashCode());
        double[] results;
        try (EmulatedKernels kernels = EmulatedKernels.open(1)) {
            Operand out = kernels.doubles(new double[arguments.length]);
            kernels.launch("elementary_" + name, 3, 96, (long) arguments.length, kernels.doubles(arguments), out);
            results = out.toDoubles();
        }
        for (int i = 0; i < arguments.length; i++) {
            assertThat(Double.doubleToLongBits(results[i])).as("%s(%s)", name, Double.toHexString(arguments[i]))
                    .isEqualTo(Double.doubleToLongBits(function.applyAsDouble(arguments[i])));
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
