package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    @Test
    void nothingAndTextAreAsPublished() {
        assertThat(Digest.of()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(Digest.of(new float[0])).isEqualTo(Digest.of());
        // "abcdefgh" as two little-endian words.
        float[] text = {Float.intBitsToFloat(0x64636261), Float.intBitsToFloat(0x68676665)};
        assertThat(Digest.of(text)).isEqualTo("9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 33, 16_383, 16_384, 16_385, 32_768, 100_003})
    void agreesWithTheBytesInOnePiece(int n) throws Exception {
        float[] x = new float[n];
        new Philox(1, 1).normals(x);
        ByteBuffer bytes = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : x) {
            bytes.putFloat(v);
        }
        String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        assertThat(Digest.of(x)).isEqualTo(expected);
        int cut = n / 3;
        assertThat(Digest.of(Arrays.copyOfRange(x, 0, cut), Arrays.copyOfRange(x, cut, n))).isEqualTo(expected);
        assertThat(new Digest().update(x, 0, cut).update(x, cut, n - cut).hex()).isEqualTo(expected);
    }

    @Test
    void allNansAreOneAndZerosAreTwo() {
        float[] odd = {1.0f, Float.intBitsToFloat(0xffc12345)};
        float[] canonical = {1.0f, Float.intBitsToFloat(0x7fc00000)};
        assertThat(Digest.of(odd)).isEqualTo(Digest.of(canonical));
        assertThat(Digest.of(new float[] {0.0f})).isNotEqualTo(Digest.of(new float[] {-0.0f}));
    }

    @Test
    void refusesMisuse() {
        Digest digest = new Digest();
        assertThatThrownBy(() -> digest.update(new float[3], 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        digest.hex();
        assertThatThrownBy(digest::hex).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> digest.update(new float[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }
}
