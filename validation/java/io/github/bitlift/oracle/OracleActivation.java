package io.github.bitlift.oracle;

/**
 * A scalar activation &sigma; = prox<sub>&Psi;</sub> in binary64, written from the papers alone: the potential
 * &Psi;, the conjugate &Phi;* of &Phi; = &frac12;u&sup2; + &Psi;, &sigma; and prox<sub>t&Psi;</sub> for every t
 * (Wang and Benning, <i>Lifted Bregman training of neural networks</i>, JMLR 2023, examples 1 and 2).
 */
interface OracleActivation {

  /** &Psi;(u); positive infinity outside its domain. */
  double psi(double u);

  /** &Phi;*(v) from its closed formula. */
  double conjugate(double v);

  /** &sigma;(v). */
  double sigma(double v);

  /** &sigma;&prime;(v), where it exists. */
  double slope(double v);

  /** prox<sub>t&Psi;</sub>(w). */
  double prox(double w, double t);

  /** A box: &Psi; is 0 on [lower, upper] and infinite outside; [-&infin;, &infin;] is the identity. */
  static OracleActivation box(double lower, double upper) {
    return new OracleActivation() {
      @Override
      public double psi(double u) {
        return u >= lower && u <= upper ? 0 : Double.POSITIVE_INFINITY;
      }

      @Override
      public double conjugate(double v) {
        return v * sigma(v) - sigma(v) * sigma(v) / 2;
      }

      @Override
      public double sigma(double v) {
        return Math.min(Math.max(v, lower), upper);
      }

      @Override
      public double slope(double v) {
        return v > lower && v < upper ? 1 : 0;
      }

      @Override
      public double prox(double w, double t) {
        return sigma(w);
      }
    };
  }

  /** The identity: &Psi; = 0. */
  static OracleActivation identity() {
    return box(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /** Soft thresholding: &Psi; = &lambda;|u|. */
  static OracleActivation soft(double lambda) {
    return new OracleActivation() {
      @Override
      public double psi(double u) {
        return lambda * Math.abs(u);
      }

      @Override
      public double conjugate(double v) {
        double excess = Math.max(Math.abs(v) - lambda, 0);
        return excess * excess / 2;
      }

      @Override
      public double sigma(double v) {
        return prox(v, 1);
      }

      @Override
      public double slope(double v) {
        return Math.abs(v) > lambda ? 1 : 0;
      }

      @Override
      public double prox(double w, double t) {
        return Math.signum(w) * Math.max(Math.abs(w) - t * lambda, 0);
      }
    };
  }

  /** The rectifier: &Psi; is 0 on [0, &infin;) and infinite below. */
  static OracleActivation relu() {
    return new OracleActivation() {
      @Override
      public double psi(double u) {
        return u >= 0 ? 0 : Double.POSITIVE_INFINITY;
      }

      @Override
      public double conjugate(double v) {
        return v > 0 ? v * v / 2 : 0;
      }

      @Override
      public double sigma(double v) {
        return Math.max(v, 0);
      }

      @Override
      public double slope(double v) {
        return v > 0 ? 1 : 0;
      }

      @Override
      public double prox(double w, double t) {
        return Math.max(w, 0);
      }
    };
  }

  /** The hyperbolic tangent: &Psi; = u artanh u + &frac12;(log(1 - u&sup2;) - u&sup2;), &Phi;* = log cosh. */
  static OracleActivation tanh() {
    return new OracleActivation() {
      @Override
      public double psi(double u) {
        // u artanh u + ½log(1 - u²) = ½((1 + u)log(1 + u) + (1 - u)log(1 - u)), which is finite at u = ±1.
        if (Math.abs(u) > 1) {
          return Double.POSITIVE_INFINITY;
        }
        return 0.5 * (entropy(u) + entropy(-u) - u * u);
      }

      @Override
      public double conjugate(double v) {
        double size = Math.abs(v);
        return size + Math.log1p(Math.exp(-2 * size)) - Math.log(2);
      }

      @Override
      public double sigma(double v) {
        return Math.tanh(v);
      }

      @Override
      public double slope(double v) {
        return 1 - Math.tanh(v) * Math.tanh(v);
      }

      @Override
      public double prox(double w, double t) {
        // Root of the increasing function u - w + t(artanh u - u) on (-1, 1), in the variable a = artanh u.
        double low = -Math.abs(w) / t - 20;
        double high = -low;
        for (int i = 0; i < 200; i++) {
          double a = (low + high) / 2;
          double u = Math.tanh(a);
          if (u - w + t * (a - u) > 0) {
            high = a;
          } else {
            low = a;
          }
        }
        return Math.tanh((low + high) / 2);
      }
    };
  }

  /** (1 + u)log(1 + u), 0 at -1. */
  private static double entropy(double u) {
    return u == -1 ? 0 : (1 + u) * Math.log1p(u);
  }
}
