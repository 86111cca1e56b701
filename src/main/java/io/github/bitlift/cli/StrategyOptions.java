package io.github.bitlift.cli;

import picocli.CommandLine.Option;

/** How layers are tied to each other, and what is asked of codes and weights besides. */
final class StrategyOptions {
    @Option(names = "--strategy", paramLabel = "NAME",
            description = "bregman (lifted Bregman training), mac-qp (quadratic penalties), classical (lifted), fenchel"
                    + " (lifted, for relu), contrastive (lifted, isgm only) or backprop (back-propagation; with --solver"
                    + " isgm implicit) (default: bregman).")
    String strategy;

    @Option(names = "--passes", paramLabel = "N",
            description = "For contrastive: passes over the auxiliary variables of each energy before every step of"
                    + " theta (default: 10).")
    Integer passes;

    @Option(names = "--sparsity", paramLabel = "ALPHA",
            description = "Sparse codes: add ALPHA ||u_j||_1 on --sparse-layer, > 0 (default: none).")
    Double sparsity;

    @Option(names = "--sparse-layer", paramLabel = "J",
            description = "The hidden layer of --sparsity, from 1 (default: the middle one).")
    Integer sparseLayer;

    @Option(names = "--parameter-regulariser", paramLabel = "NAME",
            description = "Linearised Bregman iterations on the weights: none, l1 (sparse) or nuclear (of low rank; one"
                    + " singular value decomposition per matrix and step, on the host) (default: none).")
    String regulariser;

    @Option(names = "--parameter-weight", paramLabel = "X",
            description = "Weight of --parameter-regulariser, > 0 (default: 0.01).")
    Double parameterWeight;
}
