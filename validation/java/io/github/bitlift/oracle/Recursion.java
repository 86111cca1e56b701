package io.github.bitlift.oracle;

import java.util.Map;

/**
 * An architecture in binary64 as the recursion that its equation in the framework paper is, by plain loops on arrays:
 * nothing of block operators. The parameters come by the names that the library gives them.
 */
interface Recursion {

  /** N(y), every z_j being what {@code layers} makes of its pre-activation; j counts from 0. */
  double[] output(Map<String, double[][]> p, double[] y, Layers layers);

  /** What becomes of a pre-activation: &sigma;(v) in a forward pass, the auxiliary variable in a lifted network. */
  interface Layers {
    double[] next(int j, double[] v, OracleActivation sigma);
  }

  /** A parameter of layer j; one that all layers share has no number. */
  static double[][] get(Map<String, double[][]> p, String name, int j) {
    return p.containsKey(name) ? p.get(name) : p.get(name + "." + j);
  }

  /** Eq. 7. */
  static Recursion perceptron(OracleActivation sigma) {
    return (p, y, layers) -> layers.next(0, plus(times(p.get("W"), y), p.get("b")[0]), sigma);
  }

  /** Eq. 8. */
  static Recursion shallow(OracleActivation... sigma) {
    return (p, y, layers) -> {
      double[] sum = new double[p.get("c")[0].length];
      for (int j = 0; j < sigma.length; j++) {
        double v = p.get("b")[0][j];
        for (int i = 0; i < y.length; i++) {
          v += p.get("w")[j][i] * y[i];
        }
        double u = layers.next(j, new double[] {v}, sigma[j])[0];
        for (int i = 0; i < sum.length; i++) {
          sum[i] += p.get("c")[j][i] * u;
        }
      }
      return sum;
    };
  }

  /** Eq. 9. */
  static Recursion mlp(int hidden, OracleActivation sigma) {
    return (p, y, layers) -> {
      double[] u = y;
      for (int j = 0; j < hidden; j++) {
        u = layers.next(j, plus(times(p.get("layers." + j + ".weight"), u), p.get("layers." + j + ".bias")[0]), sigma);
      }
      return plus(times(p.get("layers." + hidden + ".weight"), u), p.get("layers." + hidden + ".bias")[0]);
    };
  }

  /** Eq. 10. */
  static Recursion resNet(OracleActivation... sigma) {
    return (p, y, layers) -> {
      double[] u = y;
      for (int j = 1; j <= sigma.length; j++) {
        double[] v = plus(times(p.get("W." + j), u), p.get("b." + j)[0]);
        double[] z = layers.next(j - 1, v, sigma[j - 1]);
        u = plus(u, scaled(p.get("h." + j)[0][0], times(p.get("V." + j), z)));
      }
      return plus(times(p.get("K"), u), p.get("d")[0]);
    };
  }

  /** Eq. 13; thresholds[j - 2] is &gamma;_j &lambda;_j. */
  static Recursion lista(double[][] h, double... thresholds) {
    return (p, y, layers) -> {
      double[] u = layers.next(0, adjoint(get(p, "L", 1), adjoint(h, y)), OracleActivation.identity());
      for (int j = 2; j < thresholds.length + 2; j++) {
        double[][] l = get(p, "L", j);
        double[] misfit = plus(y, scaled(-1, times(h, times(l, u))));
        double[] v = plus(u, scaled(get(p, "gamma", j)[0][0], adjoint(l, adjoint(h, misfit))));
        u = layers.next(j - 1, v, OracleActivation.soft(thresholds[j - 2]));
      }
      return times(get(p, "L", thresholds.length + 2), u);
    };
  }

  /** Eq. 15 with u&#8320; = 0 and x&#8320; = H*y. */
  static Recursion primalDual(double[][] h, OracleActivation constraint, double... lambda) {
    return (p, y, layers) -> {
      double[] x = layers.next(0, adjoint(h, y), OracleActivation.identity());
      double[] u = new double[get(p, "L", 1).length];
      for (int j = 1; j <= lambda.length; j++) {
        double[][] l = get(p, "L", j);
        double tau = get(p, "tau", j)[0][0];
        double[] before = u;
        double[] ascent = plus(u, scaled(get(p, "gamma", j)[0][0], times(l, x)));
        u = layers.next(2 * j - 1, ascent, OracleActivation.box(-lambda[j - 1], lambda[j - 1]));
        double[] misfit = adjoint(h, plus(y, scaled(-1, times(h, x))));
        double[] pulled = adjoint(l, plus(scaled(2, u), scaled(-1, before)));
        x = layers.next(2 * j, plus(x, scaled(tau, plus(misfit, scaled(-1, pulled)))), constraint);
      }
      return x;
    };
  }

  /** The dual forward-backward algorithm of the slides with u&#8320; = 0. */
  static Recursion dualForwardBackward(double... lambda) {
    return (p, y, layers) -> {
      double[] u = new double[get(p, "L", 0).length];
      for (int k = 0; k < lambda.length; k++) {
        double[][] l = get(p, "L", k);
        double[] misfit = plus(adjoint(l, u), scaled(-1, y));
        double[] v = plus(u, scaled(-get(p, "tau", k)[0][0], times(l, misfit)));
        u = layers.next(k, v, OracleActivation.box(-lambda[k], lambda[k]));
      }
      return plus(y, scaled(-1, adjoint(get(p, "L", lambda.length), u)));
    };
  }

  /** &sect;7.3: 4 &times; 4 kernels, stride 2, padding 1; the sides of the images from the first to the smallest. */
  static Recursion convolutionalAutoencoder(int height, int width, OracleActivation sigma, int... channels) {
    int convolutions = channels.length - 1;
    int[] down = new int[channels.length];
    int[] across = new int[channels.length];
    down[0] = height;
    across[0] = width;
    for (int j = 0; j < convolutions; j++) {
      down[j + 1] = down[j] / 2;
      across[j + 1] = across[j] / 2;
    }
    return (p, y, layers) -> {
      double[] u = y;
      int layer = 0;
      for (int j = 0; j < convolutions; j++) {
        ImageLoops image = new ImageLoops(down[j], across[j], channels[j], 4, 2, 1);
        layer++;
        u = layers.next(layer - 1, image.convolved(u, p.get("W." + layer), p.get("b." + layer)[0]), sigma);
      }
      layer++;
      u = layers.next(layer - 1, plus(times(p.get("W." + layer), u), p.get("b." + layer)[0]), OracleActivation.identity());
      layer++;
      u = layers.next(layer - 1, plus(times(p.get("W." + layer), u), p.get("b." + layer)[0]), sigma);
      for (int j = convolutions - 1; j > 0; j--) {
        ImageLoops image = new ImageLoops(down[j], across[j], channels[j], 4, 2, 1);
        layer++;
        u = layers.next(layer - 1, image.spread(u, p.get("W." + layer), p.get("b." + layer)[0]), sigma);
      }
      return new ImageLoops(height, width, channels[0], 4, 2, 1).spread(u, p.get("K"), p.get("d")[0]);
    };
  }

  /** A x. */
  static double[] times(double[][] a, double[] x) {
    double[] out = new double[a.length];
    for (int r = 0; r < out.length; r++) {
      for (int c = 0; c < x.length; c++) {
        out[r] += a[r][c] * x[c];
      }
    }
    return out;
  }

  /** A* x. */
  static double[] adjoint(double[][] a, double[] x) {
    double[] out = new double[a[0].length];
    for (int r = 0; r < x.length; r++) {
      for (int c = 0; c < out.length; c++) {
        out[c] += a[r][c] * x[r];
      }
    }
    return out;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  private static double[] scaled(double factor, double[] a) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = factor * a[i];
    }
    return out;
  }
}
