package io.github.bitlift.oracle;

/** Direct solution of small convex problems in binary64, by elimination. */
final class OracleLeastSquares {

  private OracleLeastSquares() {}

  /**
   * The affine map [K d] that minimises &Sigma;<sub>i</sub> &#8214;K u<sub>i</sub> + d - t<sub>i</sub>&#8214;&sup2;, by
   * the normal equations.
   *
   * @return rows [outputs][inputs + 1], the last column being d
   */
  static double[][] affine(double[][] u, double[][] t) {
    int n = u[0].length + 1;
    double[][] gram = new double[n][n];
    double[][] right = new double[n][t[0].length];
    for (int i = 0; i < u.length; i++) {
      for (int p = 0; p < n; p++) {
        for (int q = 0; q < n; q++) {
          gram[p][q] += entry(u[i], p) * entry(u[i], q);
        }
        for (int q = 0; q < t[i].length; q++) {
          right[p][q] += entry(u[i], p) * t[i][q];
        }
      }
    }
    double[][] solution = solve(gram, right);
    double[][] map = new double[t[0].length][n];
    for (int p = 0; p < n; p++) {
      for (int q = 0; q < map.length; q++) {
        map[q][p] = solution[p][q];
      }
    }
    return map;
  }

  private static double entry(double[] u, int p) {
    return p < u.length ? u[p] : 1;
  }

  /**
   * The affine map [W b] of one hidden layer that minimises &Sigma;<sub>i</sub> &Phi;*(v<sub>i</sub>) -
   * &#9001;u<sub>i</sub>, v<sub>i</sub>&#9002;, v = W y + b, for a smooth activation: Newton's method, row by row, with step
   * halving on the norm of the gradient.
   */
  static double[][] bregman(double[][] y, double[][] u, OracleActivation sigma, double[][] start) {
    double[][] map = new double[start.length][];
    for (int row = 0; row < start.length; row++) {
      double[] theta = start[row].clone();
      for (int n = 0; n < 100; n++) {
        theta = newton(y, u, sigma, row, theta);
      }
      map[row] = theta;
    }
    return map;
  }

  private static double[] newton(double[][] y, double[][] u, OracleActivation sigma, int row, double[] theta) {
    int n = theta.length;
    double[][] hessian = new double[n][n];
    double[][] g = new double[n][1];
    for (int i = 0; i < y.length; i++) {
      double v = value(y[i], theta);
      for (int p = 0; p < n; p++) {
        g[p][0] += (sigma.sigma(v) - u[i][row]) * entry(y[i], p);
        for (int q = 0; q < n; q++) {
          hessian[p][q] += sigma.slope(v) * entry(y[i], p) * entry(y[i], q);
        }
      }
    }
    double[][] step = solve(hessian, g);
    double norm = gradientNorm(y, u, sigma, row, theta);
    for (double length = 1; length > 1e-9; length /= 2) {
      double[] next = theta.clone();
      for (int p = 0; p < n; p++) {
        next[p] -= length * step[p][0];
      }
      if (gradientNorm(y, u, sigma, row, next) < norm) {
        return next;
      }
    }
    return theta;
  }

  private static double gradientNorm(double[][] y, double[][] u, OracleActivation sigma, int row, double[] theta) {
    double[] g = new double[theta.length];
    for (int i = 0; i < y.length; i++) {
      double r = sigma.sigma(value(y[i], theta)) - u[i][row];
      for (int p = 0; p < g.length; p++) {
        g[p] += r * entry(y[i], p);
      }
    }
    double sum = 0;
    for (double each : g) {
      sum += each * each;
    }
    return Math.sqrt(sum);
  }

  private static double value(double[] y, double[] theta) {
    double v = 0;
    for (int p = 0; p < theta.length; p++) {
      v += entry(y, p) * theta[p];
    }
    return v;
  }

  /** A X = B by Gaussian elimination with partial pivoting; A and B are used up. */
  static double[][] solve(double[][] a, double[][] b) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      swap(a, k, pivot);
      swap(b, k, pivot);
      for (int i = 0; i < n; i++) {
        double factor = i == k ? 0 : a[i][k] / a[k][k];
        for (int c = k; c < n; c++) {
          a[i][c] -= factor * a[k][c];
        }
        for (int c = 0; c < b[i].length; c++) {
          b[i][c] -= factor * b[k][c];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < b[i].length; c++) {
        b[i][c] /= a[i][i];
      }
    }
    return b;
  }

  private static void swap(double[][] rows, int i, int k) {
    double[] kept = rows[i];
    rows[i] = rows[k];
    rows[k] = kept;
  }
}
