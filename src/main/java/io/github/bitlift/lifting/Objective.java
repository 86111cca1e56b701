package io.github.bitlift.lifting;

/**
 * The value of a training objective, per sample.
 *
 * @param total data + Σⱼ layers[j]
 * @param data (1/s) Σᵢ ½‖K u_J + d − x‖²
 * @param layers (1/s) Σᵢ μⱼ B_Ψⱼ(uⱼ, Wⱼ uⱼ₋₁ + bⱼ) for j = 1 … J; zeros for back-propagation
 * @param nonzero the share of numbers in uⱼ that aren't zero, for j = 1 … J
 */
public record Objective(double total, double data, double[] layers, double[] nonzero) {}
