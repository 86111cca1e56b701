package io.github.bitlift.prox;

/** Error-free sums in binary64 for the penalties of the piecewise linear maps. */
final class Sums {

    private Sums() {
    }

    /**
     * (a + b) − (c + d) with one rounding's worth of error unless more than 50 bits cancel: both sums are split
     * exactly (Knuth's two-sum), so {@code u − σ(v)} is not spoilt by the rounding of σ(v).
     */
    static double difference(double a, double b, double c, double d) {
        double left = a + b;
        double right = c + d;
        return (left - right) + (residual(a, b, left) - residual(c, d, right));
    }

    /** a + b − sum exactly, where {@code sum} is a + b rounded. */
    private static double residual(double a, double b, double sum) {
        double bRounded = sum - a;
        double aRounded = sum - bRounded;
        return (a - aRounded) + (b - bRounded);
    }
}
