package io.github.bitlift.oracle;

import java.util.Random;

/**
 * Inversion by total variation in binary64, on one image: the objective of the framework paper's eqs. (21) and (22) written out,
 * and a solver of (22) that dualises both terms (Chambolle and Pock 2011, Algorithm 1), so that neither the method nor any code
 * is that of the library.
 */
final class OracleInversion {
  final int height;
  final int width;
  final boolean isotropic;
  final double rho;
  /** Per layer. */
  final double[][][] w;
  final double[][] b;
  final OracleActivation[] sigma;

  OracleInversion(
      int height, int width, boolean isotropic, double rho, double[][][] w, double[][] b, OracleActivation[] sigma) {
    this.height = height;
    this.width = width;
    this.isotropic = isotropic;
    this.rho = rho;
    this.w = w;
    this.b = b;
    this.sigma = sigma;
  }

  static double[][] random(int rows, int columns, double scale, Random random) {
    double[][] a = new double[rows][columns];
    for (double[] row : a) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) (scale * random.nextGaussian());
      }
    }
    return a;
  }

  double[] affine(int layer, double[] u) {
    double[] v = b[layer].clone();
    for (int i = 0; i < v.length; i++) {
      for (int k = 0; k < u.length; k++) {
        v[i] += w[layer][i][k] * u[k];
      }
    }
    return v;
  }

  double[] activate(int layer, double[] u) {
    double[] v = affine(layer, u);
    for (int i = 0; i < v.length; i++) {
      v[i] = sigma[layer].sigma(v[i]);
    }
    return v;
  }

  /** B<sub>&Psi;</sub>(u, v). */
  double penalty(int layer, double[] u, double[] v) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += u[i] * u[i] / 2 + sigma[layer].psi(u[i]) + sigma[layer].conjugate(v[i]) - u[i] * v[i];
    }
    return sum;
  }

  /** Differences down, then to the right. */
  double[] gradient(double[] x) {
    int pixels = height * width;
    double[] d = new double[2 * pixels];
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        int k = i * width + j;
        d[k] = i + 1 < height ? x[k + width] - x[k] : 0;
        d[pixels + k] = j + 1 < width ? x[k + 1] - x[k] : 0;
      }
    }
    return d;
  }

  /** Its adjoint, from the definition: every difference gives to the two pixels that it is made of. */
  double[] adjoint(double[] z) {
    int pixels = height * width;
    double[] p = new double[pixels];
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        int k = i * width + j;
        if (i + 1 < height) {
          p[k + width] += z[k];
          p[k] -= z[k];
        }
        if (j + 1 < width) {
          p[k + 1] += z[pixels + k];
          p[k] -= z[pixels + k];
        }
      }
    }
    return p;
  }

  double tv(double[] x) {
    double[] d = gradient(x);
    double sum = 0;
    for (int k = 0; k < x.length; k++) {
      sum += isotropic ? Math.hypot(d[k], d[x.length + k]) : Math.abs(d[k]) + Math.abs(d[x.length + k]);
    }
    return sum;
  }

  /** The objective of eq. (21); u[0] is x, the last is y. */
  double objective(double[][] u) {
    double sum = rho * tv(u[0]);
    for (int l = 0; l < w.length; l++) {
      sum += penalty(l, u[l + 1], affine(l, u[l]));
    }
    return sum;
  }

  /** Minimises eq. (22). */
  double[] solve(double[] y, int iterations) {
    int pixels = height * width;
    double norm = TrainingOracle.spectralNorm(w[0]);
    double primal = 0.5 / norm;
    double step = 1 / norm;
    double tvStep = norm / (8 * rho * rho);
    double[] x = new double[pixels];
    double[] bar = x.clone();
    double[] p = new double[y.length];
    double[] z = new double[2 * pixels];
    for (int k = 0; k < iterations; k++) {
      double[] a = affine(0, bar);
      for (int i = 0; i < p.length; i++) {
        // The prox map of the conjugate of a -> Phi*(a + b) - <y, a>: in u = p + y that of Phi, shifted.
        double u = sigma[0].prox((p[i] + step * (a[i] - b[0][i]) + y[i] + step * b[0][i]) / (1 + step), step / (1 + step));
        p[i] = u - y[i];
      }
      double[] d = gradient(bar);
      for (int i = 0; i < pixels; i++) {
        double q1 = z[i] + tvStep * rho * d[i];
        double q2 = z[pixels + i] + tvStep * rho * d[pixels + i];
        double m = isotropic ? Math.max(1, Math.hypot(q1, q2)) : 1;
        z[i] = isotropic ? q1 / m : Math.max(-1, Math.min(1, q1));
        z[pixels + i] = isotropic ? q2 / m : Math.max(-1, Math.min(1, q2));
      }
      double[] back = adjoint(z);
      for (int i = 0; i < pixels; i++) {
        double g = rho * back[i];
        for (int r = 0; r < p.length; r++) {
          g += w[0][r][i] * p[r];
        }
        double next = x[i] - primal * g;
        bar[i] = 2 * next - x[i];
        x[i] = next;
      }
    }
    return x;
  }
}
