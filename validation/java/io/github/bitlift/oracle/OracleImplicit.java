package io.github.bitlift.oracle;

/**
 * One step of the implicit stochastic gradient method in binary64 (Wang and Benning, JMLR 2023, algorithm 1, over all
 * layers): z from a forward pass at &theta;<sup>k</sup>, then N inner iterations of linearised block-coordinate
 * descent of (1/s)E + (1/2&tau;<sub>k</sub>)&#8214;&theta; - &theta;<sup>k</sup>&#8214;&sup2;.
 *
 * <p>An inner iteration takes all v at once from the present u, moves u<sub>J</sub>, ..., u<sub>1</sub> in this
 * order, each seeing the layer above already moved, and then all layers of &theta; with residuals at the new u. The
 * step sizes are c/(&mu;<sub>j+1</sub>&#8214;W<sub>j+1</sub>&#8214;&sup2; + 1e-6) for u<sub>j</sub>, with W as it was
 * when the batch began, and c/(&mu;<sub>l</sub>(&#8214;U<sub>l-1</sub>&#8214;&sup2;/s + 1) + 1/&tau;<sub>k</sub>),
 * with U as z has just become,
 * for (W<sub>l</sub>, b<sub>l</sub>), spectral norms, with &mu; = 1 for the last layer.
 */
final class OracleImplicit {

  private final TrainingOracle model;
  private final double[][][] startW;
  private final double[][] startB;

  private OracleImplicit(TrainingOracle model) {
    this.model = model;
    startW = new double[model.w.length][][];
    startB = new double[model.w.length][];
    for (int l = 0; l < startW.length; l++) {
      startW[l] = new double[model.w[l].length][];
      startB[l] = model.b[l].clone();
      for (int r = 0; r < startW[l].length; r++) {
        startW[l][r] = model.w[l][r].clone();
      }
    }
  }

  /** Takes the step on the batch that {@code model} holds: its w, b and u are changed. */
  static void step(TrainingOracle model, int inner, double c, double tauK) {
    new OracleImplicit(model).run(inner, c, tauK);
  }

  private double penalty(int l) {
    return l < model.hidden() ? model.mu[l] : 1;
  }

  private void run(int inner, double c, double tauK) {
    model.forward();
    int layers = model.w.length;
    double[] tau = new double[layers];
    for (int l = 0; l < layers; l++) {
      double norm = TrainingOracle.spectralNorm(model.w[l]);
      tau[l] = c / (penalty(l) * norm * norm + 1e-6);
    }
    for (int n = 0; n < inner; n++) {
      for (int i = 0; i < model.samples(); i++) {
        moveSample(i, tau);
      }
      moveParameters(c, tauK);
    }
  }

  private void moveSample(int i, double[] tau) {
    int hidden = model.hidden();
    double[][] v = new double[hidden + 1][];
    for (int l = 0; l <= hidden; l++) {
      v[l] = model.affine(l, i);
    }
    for (int j = hidden; j >= 1; j--) {
      double[] r = v[j].clone();
      for (int k = 0; k < r.length; k++) {
        r[k] = j == hidden ? r[k] - model.x[i][k] : penalty(j) * (model.sigma[j].sigma(r[k]) - model.u[j + 1][i][k]);
      }
      double[] back = model.back(j, r);
      double t = tau[j] * model.mu[j - 1];
      double[] u = model.u[j][i];
      for (int k = 0; k < u.length; k++) {
        double shifted = (u[k] - tau[j] * (back[k] - model.mu[j - 1] * v[j - 1][k])) / (1 + t);
        u[k] = model.sigma[j - 1].prox(shifted, t / (1 + t));
      }
    }
  }

  private void moveParameters(double c, double tauK) {
    for (int l = 0; l < model.w.length; l++) {
      double input = TrainingOracle.spectralNorm(model.u[l]);
      double tau = c / (penalty(l) * (input * input / model.samples() + 1) + 1 / tauK);
      double[][] g = model.gradientOfLayer(l);
      int inputs = model.w[l][0].length;
      for (int r = 0; r < g.length; r++) {
        for (int k = 0; k < inputs; k++) {
          model.w[l][r][k] -= tau * (g[r][k] + (model.w[l][r][k] - startW[l][r][k]) / tauK);
        }
        model.b[l][r] -= tau * (g[r][inputs] + (model.b[l][r] - startB[l][r]) / tauK);
      }
    }
  }
}
