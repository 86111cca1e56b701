package io.github.bitlift.oracle;

/**
 * {@code min_x ½‖x − f‖² + λ TV(x)} in binary64: in one dimension exactly, by the taut string; in two by accelerated projected
 * gradients on the dual problem, until the duality gap proves how near the minimiser is.
 */
final class TotalVariationOracle {
  private static final int MOST = 2_000_000;

  private TotalVariationOracle() {}

  /**
   * The derivative of the shortest path through the tube of radius λ about the running sums of f, its ends fixed (Davies and
   * Kovac 2001). Bends at the tube's floor where the ceiling would otherwise be crossed, and the other way round.
   */
  static double[] tautString(double[] f, double lambda) {
    int n = f.length;
    double[] sums = new double[n + 1];
    for (int k = 0; k < n; k++) {
      sums[k + 1] = sums[k] + f[k];
    }
    double[] x = new double[n];
    int knot = 0;
    double height = 0;
    while (knot < n) {
      double steepestFloor = Double.NEGATIVE_INFINITY;
      double flattestCeiling = Double.POSITIVE_INFINITY;
      int floorAt = knot;
      int ceilingAt = knot;
      int next = -1;
      double nextHeight = 0;
      for (int k = knot + 1; k <= n && next < 0; k++) {
        double radius = k == n ? 0 : lambda;
        double floor = (sums[k] - radius - height) / (k - knot);
        double ceiling = (sums[k] + radius - height) / (k - knot);
        if (ceiling < steepestFloor) {
          next = floorAt;
          nextHeight = sums[floorAt] - lambda;
        } else if (floor > flattestCeiling) {
          next = ceilingAt;
          nextHeight = sums[ceilingAt] + lambda;
        } else if (k == n) {
          next = n;
          nextHeight = sums[n];
        }
        if (floor >= steepestFloor) {
          steepestFloor = floor;
          floorAt = k;
        }
        if (ceiling <= flattestCeiling) {
          flattestCeiling = ceiling;
          ceilingAt = k;
        }
      }
      double slope = (nextHeight - height) / (next - knot);
      for (int k = knot; k < next; k++) {
        x[k] = slope;
      }
      knot = next;
      height = nextHeight;
    }
    return x;
  }

  /** The minimiser to within {@code √(2·gap)} in the Euclidean norm. */
  static double[] minimiser(double[][] f, double lambda, boolean isotropic, double gap) {
    int h = f.length;
    int w = f[0].length;
    double[][][] z = new double[h][w][2];
    double[][][] ahead = new double[h][w][2];
    double t = 1;
    for (int iteration = 0; iteration < MOST; iteration++) {
      double[][] x = primal(f, ahead, lambda);
      double[][][] next = new double[h][w][2];
      double uphill = 0;
      for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
          double[] d = differences(x, i, j);
          double a = ahead[i][j][0] + d[0] / (8 * lambda);
          double b = ahead[i][j][1] + d[1] / (8 * lambda);
          double norm = Math.hypot(a, b);
          next[i][j][0] = isotropic ? a / Math.max(1, norm) : Math.max(-1, Math.min(1, a));
          next[i][j][1] = isotropic ? b / Math.max(1, norm) : Math.max(-1, Math.min(1, b));
          for (int c = 0; c < 2; c++) {
            uphill += (ahead[i][j][c] - next[i][j][c]) * (next[i][j][c] - z[i][j][c]);
          }
        }
      }
      // Momentum that points uphill is dropped, which makes the convergence linear in the end.
      double grown = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * t * t)) / 2;
      double momentum = uphill > 0 ? 0 : (t - 1) / grown;
      for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
          for (int c = 0; c < 2; c++) {
            ahead[i][j][c] = next[i][j][c] + momentum * (next[i][j][c] - z[i][j][c]);
          }
        }
      }
      t = grown;
      z = next;
      if (iteration % 50 == 0 && gap(f, z, lambda, isotropic) <= gap) {
        return flat(primal(f, z, lambda));
      }
    }
    throw new AssertionError("the oracle's gap is still above " + gap);
  }

  /** {@code f − λ∇ᵀz}, the minimiser for a given z. */
  private static double[][] primal(double[][] f, double[][][] z, double lambda) {
    double[][] x = new double[f.length][f[0].length];
    for (int i = 0; i < f.length; i++) {
      for (int j = 0; j < f[0].length; j++) {
        x[i][j] += f[i][j];
        if (i + 1 < f.length) {
          x[i][j] += lambda * z[i][j][0];
          x[i + 1][j] -= lambda * z[i][j][0];
        }
        if (j + 1 < f[0].length) {
          x[i][j] += lambda * z[i][j][1];
          x[i][j + 1] -= lambda * z[i][j][1];
        }
      }
    }
    return x;
  }

  private static double[] differences(double[][] x, int i, int j) {
    return new double[] {
      i + 1 < x.length ? x[i + 1][j] - x[i][j] : 0, j + 1 < x[0].length ? x[i][j + 1] - x[i][j] : 0
    };
  }

  private static double gap(double[][] f, double[][][] z, double lambda, boolean isotropic) {
    double[][] x = primal(f, z, lambda);
    double gap = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x[0].length; j++) {
        double[] d = differences(x, i, j);
        double norm = isotropic ? Math.hypot(d[0], d[1]) : Math.abs(d[0]) + Math.abs(d[1]);
        gap += lambda * (norm - d[0] * z[i][j][0] - d[1] * z[i][j][1]);
      }
    }
    return gap;
  }

  private static double[] flat(double[][] x) {
    double[] all = new double[x.length * x[0].length];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, all, i * x[0].length, x[0].length);
    }
    return all;
  }
}
