package io.github.bitlift.backend.cpu;

/**
 * The loops of {@link PenaltyGradient} on planes of numbers, plain. Their lengths are multiples of {@link #BLOCK}.
 */
class PlaneLoops {
    /** Places that a block of two vectors may take. */
    static final int BLOCK = 2 * TvImage.LANES;
    /** Outputs computed at once. */
    static final int GROUP = 4;

    /** The next whole number of blocks. */
    static int blocks(int places) {
        return (places + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** The next whole number of groups. */
    static int roundUp(int outputs) {
        return (outputs + GROUP - 1) / GROUP * GROUP;
    }

    /** Where the weight of an input lies for an output: group by group, those of all outputs for an input side by side. */
    static int place(int output, int input, int inputs) {
        return (output / GROUP * inputs + input) * GROUP + output % GROUP;
    }

    /** {@code to[at + i] = from[index[i]]}. */
    final void gather(float[] from, int[] index, float[] to, int at) {
        for (int i = 0; i < index.length; i++) {
            to[at + i] = from[index[i]];
        }
    }

    /**
     * Each output plane is {@code (Σ wᵢ·inᵢ) + addend}: a chain of fma over the inputs in ascending order from +0. Outputs beyond
     * the last one, up to a whole group, hold anything afterwards.
     *
     * @param weights see {@link #place}
     * @param addends one for each output
     * @param in planes of inputs
     * @param at where each input begins
     * @param out planes of outputs, the first from {@code outAt}, {@code length} apart
     * @param n places
     */
    void combine(float[] weights, float[] addends, int outputs, float[] in, int[] at, float[] out, int outAt, int length, int n) {
        for (int output = 0; output < outputs; output += GROUP) {
            int from = output * at.length;
            int to = outAt + output * length;
            for (int j = 0; j < n; j++) {
                float a = 0f;
                float b = 0f;
                float c = 0f;
                float d = 0f;
                for (int i = 0; i < at.length; i++) {
                    float value = in[at[i] + j];
                    int w = from + i * GROUP;
                    a = Math.fma(weights[w], value, a);
                    b = Math.fma(weights[w + 1], value, b);
                    c = Math.fma(weights[w + 2], value, c);
                    d = Math.fma(weights[w + 3], value, d);
                }
                out[to + j] = a + addends[output];
                out[to + length + j] = b + addends[output + 1];
                out[to + 2 * length + j] = c + addends[output + 2];
                out[to + 3 * length + j] = d + addends[output + 3];
            }
        }
    }

    /**
     * {@code out = (0 + in₀) + in₁ + …}, numbers with a mask of 0 being +0.
     *
     * @param at where each plane begins
     * @param mask all ones or 0 for each place
     * @param maskAt where each plane's begins
     */
    void fold(float[] in, int[] at, int[] mask, int[] maskAt, float[] out, int outAt, int n) {
        for (int j = 0; j < n; j++) {
            float sum = 0f;
            for (int i = 0; i < at.length; i++) {
                sum = sum + Float.intBitsToFloat(Float.floatToRawIntBits(in[at[i] + j]) & mask[maskAt[i] + j]);
            }
            out[outAt + j] = sum;
        }
    }
}
