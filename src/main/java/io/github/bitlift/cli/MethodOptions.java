package io.github.bitlift.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** How to train. */
final class MethodOptions {
    @Option(names = "--solver", paramLabel = "NAME",
            description = "With a lifted --strategy: bcd (block-coordinate descent on all images) or isgm (implicit stochastic"
                    + " gradient on mini-batches; generalises better) (default: bcd; isgm with --batch and"
                    + " to classify).")
    String solver;

    @Option(names = "--batch", paramLabel = "N",
            description = "Images per mini-batch (default: all; 100 for isgm and to classify); not with --solver bcd.")
    Integer batch;

    @Option(names = "--optimizer", paramLabel = "NAME",
            description = "adam, nesterov, heavy-ball or proximal-gradient (default: adam; proximal-gradient for isgm,"
                    + " unless to classify).")
    String optimizer;

    @Option(names = "--step-size", paramLabel = "NAME",
            description = "fixed (--lr), norms (1.99 divided by a Lipschitz constant; lifted only, not with adam) or backtracking"
                    + " (bcd with proximal-gradient only) (default: fixed, norms for isgm unless adam).")
    String stepSize;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate, > 0 (default: 0.0008;"
                    + " 0.0001 for isgm to classify); without use with --step-size norms.")
    Double lr;

    @Option(names = "--lr-auxiliary", paramLabel = "X",
            description = "With --solver bcd: learning rate of the auxiliary variables (default: as --lr).")
    Double lrAuxiliary;

    @Option(names = "--momentum", paramLabel = "X",
            description = "With --optimizer nesterov or heavy-ball, which average gradients: from 0 to less than 1 (default: 0.9).")
    Double momentum;

    @Option(names = "--mu", paramLabel = "X", split = ",",
            description = "With a lifted --strategy: weight of the penalties, > 0, one or one per hidden layer (default:"
                    + " 0.005; 1 for isgm, 5 to classify).")
    List<Double> mu;

    @Option(names = "--inner", paramLabel = "N", 
            description = "With --solver isgm: inner iterations per batch (default: 15).")
    Integer inner;

    @Option(names = "--tau", paramLabel = "X",
            description = "With --solver isgm: proximal parameter of a batch, > 0: 1/(2 tau) ||theta - theta_k||^2"
                    + " (default: 100).")
    Double tau;

    @Option(names = "--relaxation", paramLabel = "X",
            description = "With --solver isgm: step sizes in multiples of 1 / L, between 0 and 2 (default: 1).")
    Double relaxation;

    @Option(names = "--init-z", paramLabel = "NAME",
            description = "With --solver bcd: start of the auxiliary variables, input, forward or gaussian (default: input where"
                    + " all hidden layers are as wide as the input, else forward).")
    String initZ;
}
