package io.github.bitlift.reproduce;

/** The power p of {@code y ≈ C xᵖ}, by least squares on logarithms. */
final class Rate {
    private Rate() {}

    /** From points with x and y above 0, at least two of them. */
    static double of(double[] x, double[] y) {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < x.length; i++) {
            meanX += Math.log(x[i]) / x.length;
            meanY += Math.log(y[i]) / x.length;
        }
        double products = 0;
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            double d = Math.log(x[i]) - meanX;
            products += d * (Math.log(y[i]) - meanY);
            squares += d * d;
        }
        return products / squares;
    }
}
