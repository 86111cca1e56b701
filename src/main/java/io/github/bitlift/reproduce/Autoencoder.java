package io.github.bitlift.reproduce;

import io.github.bitlift.lifting.Sparsity;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;

/**
 * A network of L = 4 affine layers that gives back its input of 784 pixels, with its code behind the second (JMLR paper,
 * §6.2): ReLU, the code, ReLU, and a linear output, whose Bregman loss is the squared error.
 *
 * @param code width of the code
 * @param alpha α of α‖code‖₁, with a soft-thresholded code; 0 for a ReLU code without it, as an undercomplete autoencoder
 *     has it
 */
record Autoencoder(int code, float alpha) {
    /** Of images, and of the other hidden layers. */
    static final int WIDTH = 784;
    /** The code's layer, from 0. */
    static final int CODE_LAYER = 1;
    static final int HIDDEN = 3;

    /** From input to output. */
    int[] widths() {
        return new int[] {WIDTH, WIDTH, code, WIDTH, WIDTH};
    }

    /** α‖code‖₁, or null. */
    Sparsity sparsity() {
        return alpha == 0 ? null : new Sparsity(CODE_LAYER, alpha);
    }

    Network network(Parameters theta) {
        ProxMap relu = new Relu();
        return Mlp.of(theta, List.of(relu, alpha == 0 ? relu : new SoftThreshold(alpha), relu));
    }

    /** All weights but the biases. */
    double weights() {
        return 2.0 * WIDTH * WIDTH + 2.0 * WIDTH * code;
    }

    /** Operations of one inner iteration of lifted training per image. */
    double lifted() {
        return 2 * (4 * weights() - WIDTH * WIDTH);
    }

    /** Operations of one back-propagation per image. */
    double conventional() {
        return 2 * (3 * weights() - WIDTH * WIDTH);
    }
}
