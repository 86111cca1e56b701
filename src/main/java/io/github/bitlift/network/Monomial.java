package io.github.bitlift.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A product of scalars and matrices as it is written in the papers, such as {@code −2τ₁L₁*}: for people alone.
 *
 * @param coefficient a known number in front
 * @param scalars the learnable scalars, in order
 * @param factors the matrices, in order; {@code *} at the end of one means its adjoint
 */
record Monomial(float coefficient, List<String> scalars, List<String> factors) {

    /** One matrix. */
    static Monomial of(String matrix) {
        return new Monomial(1f, List.of(), List.of(matrix));
    }

    /** One scalar. */
    static Monomial scalar(String name) {
        return new Monomial(1f, List.of(name), List.of());
    }

    Monomial times(Monomial right) {
        return new Monomial(coefficient * right.coefficient, joined(scalars, right.scalars), joined(factors, right.factors));
    }

    Monomial multiple(float factor) {
        return new Monomial(factor * coefficient, scalars, factors);
    }

    Monomial adjoint() {
        List<String> turned = new ArrayList<>();
        factors.forEach(factor -> turned.add(factor.endsWith("*") ? factor.substring(0, factor.length() - 1) : factor + "*"));
        Collections.reverse(turned);
        return new Monomial(coefficient, scalars, turned);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    /** {@code L₂} from {@code L.2}: the name of a parameter as the papers write it. */
    static String symbol(String name) {
        StringBuilder symbol = new StringBuilder();
        int dot = name.indexOf('.');
        symbol.append(switch (dot < 0 ? name : name.substring(0, dot)) {
            case "gamma" -> "γ";
            case "lambda" -> "λ";
            case "tau" -> "τ";
            default -> dot < 0 ? name : name.substring(0, dot);
        });
        if (dot >= 0) {
            name.substring(dot + 1).chars().forEach(digit -> symbol.append((char) ('₀' + digit - '0')));
        }
        return symbol.toString();
    }

    @Override
    public String toString() {
        String number = coefficient == 1f ? "" : coefficient == -1f ? "−"
                : String.valueOf(coefficient).replaceAll("\\.0$", "").replace('-', '−');
        return number + String.join("", scalars) + String.join("", factors);
    }
}
