package io.github.bitlift.oracle;

/**
 * Lifted Bregman training of a multi-layer perceptron in binary64, by plain loops and from the papers alone: the
 * judge of the library's binary32 solvers.
 *
 * <p>Objective (<i>A unified framework for lifted training and inversion approaches</i>, arXiv:2510.09796, example
 * 4 and section 6.2):
 * (1/s) &Sigma;<sub>i</sub> [&frac12;&#8214;K u<sub>J</sub> + d - x&#8214;&sup2;
 * + &Sigma;<sub>j</sub> &mu;<sub>j</sub> B(u<sub>j</sub>, W<sub>j</sub>u<sub>j-1</sub> + b<sub>j</sub>)] with
 * B(u, v) = &Phi;(u) + &Phi;*(v) - &#9001;u, v&#9002;.
 *
 * <p>Layer l = 0..J of the arrays is the paper's layer l + 1; the last is (K, d). {@code w[l]} is [outputs, inputs],
 * {@code u[j]} is [samples, width of layer j] with {@code u[0]} the inputs y, {@code x} the targets. A gradient has
 * the arrays of what it is taken in. Nothing is validated.
 */
final class TrainingOracle {

  final double[][][] w;
  final double[][] b;
  final double[][][] u;
  final double[][] x;
  final double[] mu;
  final OracleActivation[] sigma;

  /** Takes all arrays without copying; {@code mu[j-1]} and {@code sigma[j-1]} belong to the hidden layer j. */
  TrainingOracle(
      double[][][] w, double[][] b, double[][][] u, double[][] x, double[] mu, OracleActivation[] sigma) {
    this.w = w;
    this.b = b;
    this.u = u;
    this.x = x;
    this.mu = mu;
    this.sigma = sigma;
  }

  int hidden() {
    return sigma.length;
  }

  int samples() {
    return x.length;
  }

  /** W<sub>l</sub> u + b<sub>l</sub> of sample i. */
  double[] affine(int l, int i) {
    double[] out = new double[w[l].length];
    for (int r = 0; r < out.length; r++) {
      out[r] = b[l][r];
      for (int c = 0; c < u[l][i].length; c++) {
        out[r] += w[l][r][c] * u[l][i][c];
      }
    }
    return out;
  }

  /** Sets u<sub>1</sub>..u<sub>J</sub> to the network's own activations. */
  void forward() {
    for (int l = 0; l < hidden(); l++) {
      for (int i = 0; i < samples(); i++) {
        double[] v = affine(l, i);
        for (int r = 0; r < v.length; r++) {
          u[l + 1][i][r] = sigma[l].sigma(v[r]);
        }
      }
    }
  }

  /** The objective of the class comment. */
  double objective() {
    double sum = smooth();
    for (int l = 0; l < hidden(); l++) {
      for (int i = 0; i < samples(); i++) {
        for (double value : u[l + 1][i]) {
          sum += mu[l] * sigma[l].psi(value) / samples();
        }
      }
    }
    return sum;
  }

  /** The mean over the samples of G: the objective without its terms &mu;<sub>j</sub>&Psi;(u<sub>j</sub>). */
  double smooth() {
    double sum = 0;
    for (int i = 0; i < samples(); i++) {
      sum += smooth(i);
    }
    return sum / samples();
  }

  /** G of one sample, not divided by s; &frac12;&#8214;u&#8214;&sup2; is in it. */
  double smooth(int i) {
    double sum = loss(i);
    for (int l = 0; l < hidden(); l++) {
      double[] v = affine(l, i);
      for (int r = 0; r < v.length; r++) {
        double value = u[l + 1][i][r];
        sum += mu[l] * (value * value / 2 + sigma[l].conjugate(v[r]) - value * v[r]);
      }
    }
    return sum;
  }

  /** &frac12;&#8214;K u<sub>J</sub> + d - x&#8214;&sup2; of sample i at the present u<sub>J</sub>. */
  double loss(int i) {
    double sum = 0;
    double[] output = affine(hidden(), i);
    for (int r = 0; r < output.length; r++) {
      sum += (output[r] - x[i][r]) * (output[r] - x[i][r]) / 2;
    }
    return sum;
  }

  /** The mean loss of the network's own output: the conventional objective. Leaves u at the forward pass. */
  double meanLossOfNetwork() {
    forward();
    double sum = 0;
    for (int i = 0; i < samples(); i++) {
      sum += loss(i);
    }
    return sum / samples();
  }

  /** Residual r of layer l: &mu;(&sigma;(v) - u) for a hidden layer, K u<sub>J</sub> + d - x for the last. */
  double[] residual(int l, int i) {
    double[] v = affine(l, i);
    for (int r = 0; r < v.length; r++) {
      v[r] = l < hidden() ? mu[l] * (sigma[l].sigma(v[r]) - u[l + 1][i][r]) : v[r] - x[i][r];
    }
    return v;
  }

  /** Gradient of {@link #smooth()} in w[l] and, as its last column, in b[l]: (1/s) r [u, 1]&#7488;. */
  double[][] gradientOfLayer(int l) {
    double[][] gradient = new double[w[l].length][w[l][0].length + 1];
    for (int i = 0; i < samples(); i++) {
      double[] r = residual(l, i);
      for (int row = 0; row < r.length; row++) {
        for (int c = 0; c < w[l][0].length; c++) {
          gradient[row][c] += r[row] * u[l][i][c] / samples();
        }
        gradient[row][w[l][0].length] += r[row] / samples();
      }
    }
    return gradient;
  }

  /**
   * Gradient of each sample's {@link #smooth(int)} in u<sub>j</sub>, j = 1..J:
   * &mu;<sub>j</sub>(u<sub>j</sub> - v<sub>j</sub>) + W<sub>j+1</sub>&#7488; r<sub>j+1</sub>.
   */
  double[][] gradientOfAuxiliary(int j) {
    double[][] gradient = new double[samples()][u[j][0].length];
    for (int i = 0; i < samples(); i++) {
      double[] v = affine(j - 1, i);
      double[] back = back(j, residual(j, i));
      for (int c = 0; c < v.length; c++) {
        gradient[i][c] = mu[j - 1] * (u[j][i][c] - v[c]) + back[c];
      }
    }
    return gradient;
  }

  /** w[l]&#7488; r. */
  double[] back(int l, double[] r) {
    double[] out = new double[w[l][0].length];
    for (int row = 0; row < r.length; row++) {
      for (int c = 0; c < out.length; c++) {
        out[c] += w[l][row][c] * r[row];
      }
    }
    return out;
  }

  /** A function of the arrays of this oracle, to be differenced. */
  interface Value {
    double get();
  }

  /** Central differences of {@code value} in every entry of {@code variable}, which is left as it was. */
  static double[][] differences(double[][] variable, double step, Value value) {
    double[][] gradient = new double[variable.length][];
    for (int i = 0; i < variable.length; i++) {
      gradient[i] = new double[variable[i].length];
      for (int c = 0; c < variable[i].length; c++) {
        double kept = variable[i][c];
        variable[i][c] = kept + step;
        double above = value.get();
        variable[i][c] = kept - step;
        double below = value.get();
        variable[i][c] = kept;
        gradient[i][c] = (above - below) / (2 * step);
      }
    }
    return gradient;
  }

  /** Largest singular value of a, from the eigenvalues of a&#7488;a by cyclic Jacobi rotations. */
  static double spectralNorm(double[][] a) {
    int n = a[0].length;
    double[][] g = new double[n][n];
    for (double[] row : a) {
      for (int p = 0; p < n; p++) {
        for (int q = 0; q < n; q++) {
          g[p][q] += row[p] * row[q];
        }
      }
    }
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(g, p, q);
        }
      }
    }
    double largest = 0;
    for (int p = 0; p < n; p++) {
      largest = Math.max(largest, g[p][p]);
    }
    return Math.sqrt(largest);
  }

  private static void rotate(double[][] g, int p, int q) {
    if (g[p][q] == 0) {
      return;
    }
    double angle = 0.5 * Math.atan2(2 * g[p][q], g[p][p] - g[q][q]);
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (int k = 0; k < g.length; k++) {
      double left = g[k][p];
      g[k][p] = cos * left + sin * g[k][q];
      g[k][q] = -sin * left + cos * g[k][q];
    }
    for (int k = 0; k < g.length; k++) {
      double upper = g[p][k];
      g[p][k] = cos * upper + sin * g[q][k];
      g[q][k] = -sin * upper + cos * g[q][k];
    }
  }
}
