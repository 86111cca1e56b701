package io.github.bitlift.lifting;

/**
 * The value of a training objective, per sample.
 *
 * @param total data + Σⱼ layers[j]
 * @param data (1/s) Σᵢ ½‖K u_J + d − x‖²
 * @param layers (1/s) Σᵢ μⱼ Dⱼ(uⱼ, Wⱼ uⱼ₋₁ + bⱼ) for j = 1 … J, D being the strategy's penalty (for contrastive
 *     training its clamped value less its free one, zeros for back-propagation), and α‖uⱼ‖₁ where codes are sparse
 * @param nonzero the share of numbers in uⱼ that aren't zero, for j = 1 … J
 */
public record Objective(double total, double data, double[] layers, double[] nonzero) {}
