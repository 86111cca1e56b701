package io.github.bitlift.lifting;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ElasticNet;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;

/**
 * Sparse codes: α‖uⱼ‖₁ per sample, added to the objective on one layer (JMLR paper, §4.1.3 and eq. 26). Only the
 * update of uⱼ changes, which uses the prox map of {@code t(μΨ + α‖·‖₁)}:
 *
 * <pre>
 * identity         t α-soft-thresholding
 * soft-threshold   Ψ with λ + α/μ in place of λ
 * elastic-net      likewise
 * relu, box        t α-soft-thresholding, then the projection onto the box
 * </pre>
 *
 * <p>The last holds number by number: on an interval a convex function of one variable is least at the projection of the place
 * where it is least on the line.
 *
 * @param layer j, from 0
 * @param alpha α, finite and {@code > 0}
 */
public record Sparsity(int layer, float alpha) {

    /** Checks values. */
    public Sparsity {
        if (layer < 0) {
            throw new IllegalArgumentException("sparse layer " + (layer + 1) + ", expected at least 1");
        }
        if (!(alpha > 0) || alpha == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("sparsity " + alpha + ", expected a finite number > 0");
        }
    }

    /** Refuses what has no such prox map. */
    void requireAdmitted(Strategy.Kind kind, List<ProxMap> sigma) {
        if (layer >= sigma.size()) {
            throw new IllegalArgumentException(
                    "sparse layer " + (layer + 1) + ", expected 1 to " + sigma.size() + ", a hidden layer");
        }
        if (kind == Strategy.Kind.CONTRASTIVE) {
            throw new IllegalArgumentException("contrastive: its difference of energies would hold the sparsity twice,"
                    + " with opposite signs; expected no sparsity");
        }
        if (kind != Strategy.Kind.BACKPROP && kind != Strategy.Kind.MAC_QP) {
            potential(sigma.get(layer), 1f);
        }
    }

    /** α‖u‖₁ into a slot. */
    Reduce norm(Matrix u, Sums into, int slot) {
        return new Reduce(Reduce.Kind.POTENTIAL, u, null, new SoftThreshold(alpha), into, slot);
    }

    /** α‖·‖₁ with weight μ, as a map: what is left where there is no Ψ. */
    SoftThreshold alone(float mu) {
        return new SoftThreshold(alpha / mu);
    }

    /** Ψ + (α/μ)‖·‖₁, as a map for a step of weight μ; to be followed by {@link #projection}. */
    ProxMap potential(ProxMap sigma, float mu) {
        if (sigma instanceof SoftThreshold soft) {
            return new SoftThreshold(soft.lambda() + alpha / mu);
        }
        if (sigma instanceof ElasticNet net) {
            return new ElasticNet(net.lambda() + alpha / mu, net.ridge());
        }
        if (sigma instanceof Identity || projection(sigma) != null) {
            return alone(mu);
        }
        throw new IllegalArgumentException("sparsity: no prox map of " + sigma.stem().replace('_', '-')
                + " with an l1 norm is known here; expected identity, relu, soft-threshold, elastic-net or box, on"
                + " layer " + (layer + 1));
    }

    /** The projection that must follow a step, or null. */
    ProxMap projection(ProxMap sigma) {
        return sigma instanceof Box || sigma instanceof Relu ? sigma : null;
    }
}
