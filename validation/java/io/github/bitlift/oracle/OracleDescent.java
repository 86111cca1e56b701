package io.github.bitlift.oracle;

import io.github.bitlift.solver.Optimizer;
import java.util.Arrays;

/**
 * Deterministic block-coordinate descent in binary64 (arXiv:2510.09796, sections 5.2, 5.4 and 6.2, equations 23 and
 * 24): first &theta; by the gradient of the mean objective, then every sample's z at the new &theta; by that sample's
 * own gradient followed by prox<sub>&tau;&mu;&Psi;</sub>.
 */
final class OracleDescent {

  /** The directions: m and q are the moments, t the number of the step from 1. */
  enum Rule {
    PLAIN,
    /** m = &beta;m + g, direction m. */
    HEAVY_BALL,
    /** m = &beta;m + g, direction g + &beta;m. */
    NESTEROV,
    /** Bias-corrected moments with 0.9, 0.999 and 1e-8. */
    ADAM;

    /** The rule the library's kind names. */
    static Rule of(Optimizer.Kind kind) {
      return kind == Optimizer.Kind.PROXIMAL_GRADIENT ? PLAIN : valueOf(kind.name());
    }
  }

  private final TrainingOracle model;
  private final Rule rule;
  private final double beta;
  private final double thetaRate;
  private final double auxiliaryRate;
  private final double[][][] first;
  private final double[][][] second;
  private int time;

  OracleDescent(TrainingOracle model, Rule rule, double beta, double thetaRate, double auxiliaryRate) {
    this.model = model;
    this.rule = rule;
    this.beta = beta;
    this.thetaRate = thetaRate;
    this.auxiliaryRate = auxiliaryRate;
    this.first = new double[2 * model.hidden() + 1][][];
    this.second = new double[2 * model.hidden() + 1][][];
  }

  /** One step of both blocks at this descent's rates. */
  void step() {
    double[] theta = new double[model.hidden() + 1];
    double[] auxiliary = new double[model.hidden()];
    Arrays.fill(theta, thetaRate);
    Arrays.fill(auxiliary, auxiliaryRate);
    theta(theta);
    auxiliary(auxiliary);
    time++;
  }

  /** One step of &theta; at a rate for each layer; all gradients are taken before any layer moves. */
  void theta(double[] rates) {
    double[][][] directions = new double[rates.length][][];
    for (int l = 0; l < rates.length; l++) {
      directions[l] = direction(l, model.gradientOfLayer(l));
    }
    for (int l = 0; l < rates.length; l++) {
      int inputs = model.w[l][0].length;
      for (int r = 0; r < directions[l].length; r++) {
        for (int c = 0; c < inputs; c++) {
          model.w[l][r][c] -= rates[l] * directions[l][r][c];
        }
        model.b[l][r] -= rates[l] * directions[l][r][inputs];
      }
    }
  }

  /** One proximal step of all hidden layers at a rate for each; all gradients before any layer moves. */
  void auxiliary(double[] rates) {
    double[][][] directions = new double[rates.length][][];
    for (int j = 1; j <= rates.length; j++) {
      directions[j - 1] = direction(model.hidden() + j, model.gradientOfAuxiliary(j));
    }
    for (int j = 1; j <= rates.length; j++) {
      double rate = rates[j - 1];
      for (int i = 0; i < model.samples(); i++) {
        double[] u = model.u[j][i];
        for (int c = 0; c < u.length; c++) {
          u[c] = model.sigma[j - 1].prox(u[c] - rate * directions[j - 1][i][c], rate * model.mu[j - 1]);
        }
      }
    }
  }

  private double[][] direction(int slot, double[][] g) {
    if (first[slot] == null) {
      first[slot] = new double[g.length][g[0].length];
      second[slot] = new double[g.length][g[0].length];
    }
    double[][] out = new double[g.length][g[0].length];
    for (int i = 0; i < g.length; i++) {
      for (int c = 0; c < g[0].length; c++) {
        out[i][c] = direction(g[i][c], first[slot][i], second[slot][i], c);
      }
    }
    return out;
  }

  private double direction(double g, double[] m, double[] q, int c) {
    switch (rule) {
      case HEAVY_BALL:
        m[c] = beta * m[c] + (1 - beta) * g;
        return m[c];
      case NESTEROV:
        m[c] = beta * m[c] + (1 - beta) * g;
        return (1 - beta) * g + beta * m[c];
      case ADAM:
        m[c] = 0.9 * m[c] + (1 - 0.9) * g;
        q[c] = 0.999 * q[c] + (1 - 0.999) * g * g;
        double mean = m[c] / (1 - Math.pow(0.9, time + 1));
        double square = q[c] / (1 - Math.pow(0.999, time + 1));
        return mean / (Math.sqrt(square) + 1e-8);
      default:
        return g;
    }
  }
}
