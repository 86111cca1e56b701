package io.github.bitlift.prox;

import static io.github.bitlift.prox.BigMath.MC;
import static io.github.bitlift.prox.BigMath.big;
import static io.github.bitlift.prox.BigMath.dot;
import static io.github.bitlift.prox.BigMath.exp;
import static io.github.bitlift.prox.BigMath.log;
import static io.github.bitlift.prox.BigMath.subtract;
import static io.github.bitlift.prox.BigMath.xLogX;

import java.math.BigDecimal;

/**
 * What a prox map ought to be, in 100 digits and sharing no code with it: Ψ as the textbook writes it, σ in closed
 * form (the tests check it against Ψ), the penalty from its definition.
 */
record ProxOracle(ProxMap map) {

    /** Stands for ∞ in one-sided derivatives. */
    static final BigDecimal INFINITE = BigDecimal.ONE.scaleByPowerOfTen(999);
    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal ONE = BigDecimal.ONE;
    private static final BigDecimal ZERO = BigDecimal.ZERO;

    private BigDecimal scalar(int i) {
        return big(map.parameters()[i]);
    }

    /** Whether Ψ(u) is finite; the simplex exactly. */
    boolean inDomain(BigDecimal[] u) {
        BigDecimal sum = ZERO;
        for (BigDecimal x : u) {
            if (below(x) || above(x)) {
                return false;
            }
            sum = sum.add(x);
        }
        return !map.stem().equals("softmax") || sum.compareTo(ONE) == 0;
    }

    private boolean below(BigDecimal x) {
        return switch (map.stem()) {
            case "relu", "sigmoid", "softmax" -> x.signum() < 0;
            case "tanh" -> x.compareTo(ONE.negate()) < 0;
            case "box" -> map.parameters()[0] > Float.NEGATIVE_INFINITY && x.compareTo(scalar(0)) < 0;
            default -> false;
        };
    }

    private boolean above(BigDecimal x) {
        return switch (map.stem()) {
            case "tanh", "sigmoid", "softmax" -> x.compareTo(ONE) > 0;
            case "box" -> map.parameters()[1] < Float.POSITIVE_INFINITY && x.compareTo(scalar(1)) > 0;
            default -> false;
        };
    }

    /** Ψ(u) for u in the domain (of softmax: anywhere in the orthant). */
    BigDecimal potential(BigDecimal[] u) {
        if (map.stem().equals("group_soft_threshold")) {
            BigDecimal sum = ZERO;
            for (int g = 0; g < u.length; g += map.coupling()) {
                sum = sum.add(scalar(0).multiply(norm(u, g)));
            }
            return sum;
        }
        BigDecimal sum = ZERO;
        for (BigDecimal x : u) {
            sum = sum.add(potential(x), MC);
        }
        return sum;
    }

    private BigDecimal potential(BigDecimal x) {
        BigDecimal halfSquare = HALF.multiply(x.multiply(x));
        return switch (map.stem()) {
            case "soft_threshold" -> scalar(0).multiply(x.abs());
            case "elastic_net" -> scalar(0).multiply(x.abs()).add(scalar(1).multiply(halfSquare));
            case "tanh" -> HALF.multiply(xLogX(ONE.add(x)).add(xLogX(ONE.subtract(x)))).subtract(halfSquare);
            case "sigmoid" -> xLogX(x).add(xLogX(ONE.subtract(x))).subtract(halfSquare);
            case "softmax" -> xLogX(x).subtract(halfSquare);
            default -> ZERO;
        };
    }

    private BigDecimal norm(BigDecimal[] x, int group) {
        BigDecimal sum = ZERO;
        for (int i = group; i < group + map.coupling(); i++) {
            sum = sum.add(x[i].multiply(x[i]));
        }
        return sum.sqrt(MC);
    }

    /** σ(v). */
    BigDecimal[] activate(BigDecimal[] v) {
        BigDecimal[] u = new BigDecimal[v.length];
        BigDecimal total = ZERO;
        for (int i = 0; i < v.length; i++) {
            u[i] = switch (map.stem()) {
                case "softmax" -> exp(v[i]);
                case "group_soft_threshold" -> shrink(v, i, scalar(0));
                default -> activate(v[i]);
            };
            total = total.add(u[i], MC);
        }
        for (int i = 0; map.stem().equals("softmax") && i < v.length; i++) {
            u[i] = u[i].divide(total, MC);
        }
        return u;
    }

    /** Entry i of group soft-thresholding. */
    BigDecimal shrink(BigDecimal[] v, int i, BigDecimal threshold) {
        BigDecimal norm = norm(v, i - i % map.coupling());
        return norm.compareTo(threshold) <= 0 ? ZERO
                : v[i].subtract(v[i].multiply(threshold).divide(norm, MC), MC);
    }

    private BigDecimal activate(BigDecimal x) {
        return switch (map.stem()) {
            case "identity" -> x;
            case "relu" -> x.max(ZERO);
            case "tanh" -> BigMath.tanh(x);
            case "sigmoid" -> BigMath.logistic(x);
            case "box" -> above(x) ? scalar(1) : below(x) ? scalar(0) : x;
            case "soft_threshold" -> soft(x, scalar(0));
            case "elastic_net" -> soft(x, scalar(0)).divide(ONE.add(scalar(1)), MC);
            default -> throw new AssertionError(map.stem());
        };
    }

    private static BigDecimal soft(BigDecimal x, BigDecimal threshold) {
        BigDecimal size = x.abs().subtract(threshold).max(ZERO);
        return x.signum() < 0 ? size.negate() : size;
    }

    /** Derivative from the left (side −1) or right (side 1) of ½(u − v)² + τΨ(u) for a separable map. */
    BigDecimal slope(BigDecimal u, int side, BigDecimal v, BigDecimal tau) {
        BigDecimal step = BigDecimal.valueOf(side).scaleByPowerOfTen(-900);
        if (below(u.add(step))) {
            return INFINITE.negate();
        }
        if (above(u.add(step))) {
            return INFINITE;
        }
        return u.subtract(v).add(tau.signum() == 0 ? ZERO : slope(u, side).multiply(tau));
    }

    private BigDecimal slope(BigDecimal u, int side) {
        BigDecimal sign = BigDecimal.valueOf(u.signum() == 0 ? side : u.signum());
        return switch (map.stem()) {
            case "soft_threshold" -> scalar(0).multiply(sign);
            case "elastic_net" -> scalar(0).multiply(sign).add(scalar(1).multiply(u));
            case "tanh" -> u.abs().compareTo(ONE) == 0 ? INFINITE.multiply(u)
                    : HALF.multiply(log(ONE.add(u)).subtract(log(ONE.subtract(u)))).subtract(u);
            case "sigmoid" -> u.signum() == 0 ? INFINITE.negate() : u.compareTo(ONE) == 0 ? INFINITE
                    : log(u).subtract(log(ONE.subtract(u))).subtract(u);
            default -> ZERO;
        };
    }

    /** Φ(u) = ½‖u‖² + Ψ(u). */
    BigDecimal phi(BigDecimal[] u) {
        return HALF.multiply(dot(u, u)).add(potential(u), MC);
    }

    /** Φ*(v) = ⟨v, σ(v)⟩ − Φ(σ(v)). */
    BigDecimal conjugate(BigDecimal[] v) {
        BigDecimal[] s = activate(v);
        return dot(v, s).subtract(phi(s), MC);
    }

    /** B(u, v) by definition: Φ(u) + Φ*(v) − ⟨u, v⟩. */
    BigDecimal penalty(BigDecimal[] u, BigDecimal[] v) {
        return phi(u).add(conjugate(v)).subtract(dot(u, v), MC);
    }

    /** E_v(u) = ½‖u − v‖² + Ψ(u). */
    BigDecimal energy(BigDecimal[] u, BigDecimal[] v) {
        return halfSquare(subtract(u, v)).add(potential(u), MC);
    }

    /** D_Ψ(u, s) with the subgradient v − s at s. */
    BigDecimal divergence(BigDecimal[] u, BigDecimal[] s, BigDecimal[] v) {
        return potential(u).subtract(potential(s)).subtract(dot(subtract(v, s), subtract(u, s)), MC);
    }

    static BigDecimal halfSquare(BigDecimal[] d) {
        return HALF.multiply(dot(d, d), MC);
    }
}
