package io.github.bitlift.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** How to train. */
final class MethodOptions {
    @Option(names = "--solver", paramLabel = "NAME",
            description = "With a lifted --strategy, on all images: bcd (a step on each block), bcd-exact (each block"
                    + " minimised) or admm (the same, theta by ADMM); on mini-batches, which generalises better: isgm"
                    + " (implicit stochastic gradient) or averaging (all batches of an epoch from the same theta, then"
                    + " their mean) (default: bcd; isgm with --batch and to classify).")
    String solver;

    @Option(names = "--batch", paramLabel = "N",
            description = "Images per mini-batch (default: all; 100 for isgm, averaging and to classify); not with solvers on"
                    + " all images.")
    Integer batch;

    @Option(names = "--optimizer", paramLabel = "NAME",
            description = "adam, nesterov, heavy-ball or proximal-gradient (default: adam; proximal-gradient for other"
                    + " solvers than bcd, unless isgm to classify or not with mlp).")
    String optimizer;

    @Option(names = "--step-size", paramLabel = "NAME",
            description = "fixed (--lr), norms (1.99 divided by a Lipschitz constant; lifted mlp only, not with adam) or backtracking"
                    + " (bcd with proximal-gradient only) (default: fixed, norms for other solvers than bcd unless adam or not with"
                    + " mlp). With isgm and averaging z always takes norms.")
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
                    + " 0.005 for bcd, else 1; 5 to classify).")
    List<Double> mu;

    @Option(names = "--mu-rate", paramLabel = "X",
            description = "With --solver bcd, bcd-exact or admm: let mu grow with the violation of its constraint, mu + X *"
                    + " penalty, > 0 (default: mu stays).")
    Double muRate;

    @Option(names = "--mu-max", paramLabel = "X",
            description = "What mu grows to at most, with --mu-rate (default: 100 times the largest --mu).")
    Double muMax;

    @Option(names = "--mu-every", paramLabel = "N",
            description = "Steps from one growth of mu to the next, with --mu-rate (default: 10).")
    Integer muEvery;

    @Option(names = "--inner", paramLabel = "N",
            description = "Inner iterations: per batch for isgm and averaging (default: 15), at most per block for bcd-exact"
                    + " and admm (default: 50).")
    Integer inner;

    @Option(names = "--tolerance", paramLabel = "X",
            description = "With --solver bcd-exact or admm: a block is done once its prox-gradient mapping is X times what it was,"
                    + " from 0 to less than 1 (default: 0.01).")
    Double tolerance;

    @Option(names = "--admm-penalty", paramLabel = "X",
            description = "With --solver admm: penalty parameter of its augmented Lagrangian, > 0 (default: 1);"
                    + " a small one needs many --inner iterations, or the objective rises.")
    Double admmPenalty;

    @Option(names = "--tau", paramLabel = "X",
            description = "With --solver isgm or averaging: proximal parameter of a batch, > 0: 1/(2 tau) ||theta - theta_k||^2"
                    + " (default: 100).")
    Double tau;

    @Option(names = "--relaxation", paramLabel = "X",
            description = "With --solver isgm or averaging: step sizes in multiples of 1 / L, between 0 and 2 (default: 1).")
    Double relaxation;

    @Option(names = "--init-z", paramLabel = "NAME",
            description = "With solvers on all images: start of the auxiliary variables, input, forward or gaussian (default: input where"
                    + " all hidden layers are as wide as the input, else forward).")
    String initZ;
}
