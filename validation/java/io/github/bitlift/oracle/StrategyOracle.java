package io.github.bitlift.oracle;

/**
 * The objectives of the strategies in binary64, by plain loops and from the framework paper alone (arXiv:2510.09796,
 * sections 3 and 4): (1/s) &Sigma;<sub>i</sub> [&frac12;&#8214;K u<sub>J</sub> + d - x&#8214;&sup2;
 * + &Sigma;<sub>j</sub> &mu;<sub>j</sub> D(u<sub>j</sub>, W<sub>j</sub>u<sub>j-1</sub> + b<sub>j</sub>)].
 *
 * @param model parameters, auxiliary variables and data
 * @param penalty D
 */
record StrategyOracle(TrainingOracle model, Penalty penalty) {

  /** D(u, v) of one number, and its part that is differentiated in u. */
  enum Penalty {
    /** Equation 17. */
    MAC_QP {
      @Override
      double smooth(OracleActivation sigma, double u, double v) {
        return (u - sigma.sigma(v)) * (u - sigma.sigma(v)) / 2;
      }

      @Override
      double rest(OracleActivation sigma, double u) {
        return 0;
      }
    },
    /** Section 4.1, with &Psi; as R. */
    CLASSICAL {
      @Override
      double smooth(OracleActivation sigma, double u, double v) {
        return (u - v) * (u - v) / 2;
      }

      @Override
      double rest(OracleActivation sigma, double u) {
        return sigma.psi(u);
      }
    },
    /** Section 4.2: the function constructed for ReLU. */
    FENCHEL {
      @Override
      double smooth(OracleActivation sigma, double u, double v) {
        double positive = Math.max(v, 0);
        return u * u / 2 + positive * positive / 2 - v * u;
      }

      @Override
      double rest(OracleActivation sigma, double u) {
        return u >= 0 ? 0 : Double.POSITIVE_INFINITY;
      }
    };

    abstract double smooth(OracleActivation sigma, double u, double v);

    abstract double rest(OracleActivation sigma, double u);
  }

  /** &Sigma;<sub>j</sub> &mu;<sub>j</sub> times the penalties' smooth parts, of one sample. */
  double smoothPenalties(int i) {
    double sum = 0;
    for (int l = 0; l < model.hidden(); l++) {
      double[] v = model.affine(l, i);
      for (int r = 0; r < v.length; r++) {
        sum += model.mu[l] * penalty.smooth(model.sigma[l], model.u[l + 1][i][r], v[r]);
      }
    }
    return sum;
  }

  /** The penalties of one sample. */
  double penalties(int i) {
    double sum = smoothPenalties(i);
    for (int l = 0; l < model.hidden(); l++) {
      for (double u : model.u[l + 1][i]) {
        sum += model.mu[l] * penalty.rest(model.sigma[l], u);
      }
    }
    return sum;
  }

  /** One sample's term without what is left to a prox map. */
  double smooth(int i) {
    return model.loss(i) + smoothPenalties(i);
  }

  /** The mean of {@link #smooth(int)}. */
  double smooth() {
    double sum = 0;
    for (int i = 0; i < model.samples(); i++) {
      sum += smooth(i);
    }
    return sum / model.samples();
  }

  /** The whole objective. */
  double objective() {
    double sum = 0;
    for (int i = 0; i < model.samples(); i++) {
      sum += model.loss(i) + penalties(i);
    }
    return sum / model.samples();
  }
}
