package io.github.bitlift.io;

/**
 * Black, purple, orange, white: a colour map for magnitudes whose CIE lightness rises in proportion to the value, so
 * that equal steps look equal, also in print and to colour-blind eyes.
 */
final class ColorMap {

    /** Value and the CIELAB coordinates a, b there; the lightness is 100 times the value. */
    private static final double[][] ANCHORS = {
        {0.00, 0, 0}, {0.20, 30, -36}, {0.38, 50, -22}, {0.55, 56, 34}, {0.75, 24, 66}, {0.90, 2, 40}, {1.00, 0, 0}};
    private static final double[] WHITE = {0.95047, 1.0, 1.08883}; // CIE XYZ of D65
    private static final double[][] TO_LINEAR_RGB = {
        {3.2404542, -1.5371385, -0.4985314}, {-0.9692660, 1.8760108, 0.0415560}, {0.0556434, -0.2040259, 1.0572252}};

    private ColorMap() {
    }

    /** The colour, 0xRRGGBB, of a value in [0, 1]; values outside are clamped, NaN is black. */
    static int rgb(double value) {
        double level = value > 0 ? Math.min(value, 1) : 0;
        int next = 1;
        while (ANCHORS[next][0] < level) {
            next++;
        }
        double[] low = ANCHORS[next - 1];
        double[] high = ANCHORS[next];
        double mix = (level - low[0]) / (high[0] - low[0]);
        return srgb(100 * level, low[1] + mix * (high[1] - low[1]), low[2] + mix * (high[2] - low[2]));
    }

    private static int srgb(double lightness, double a, double b) {
        double y = (lightness + 16) / 116;
        double[] xyz = {WHITE[0] * cube(y + a / 500), WHITE[1] * cube(y), WHITE[2] * cube(y - b / 200)};
        int rgb = 0;
        for (double[] row : TO_LINEAR_RGB) {
            double linear = row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2];
            double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
            rgb = rgb << 8 | (int) Math.round(255 * Math.max(0, Math.min(1, encoded)));
        }
        return rgb;
    }

    private static double cube(double root) {
        return root > 6.0 / 29 ? root * root * root : 3 * (6.0 / 29) * (6.0 / 29) * (root - 4.0 / 29);
    }
}
