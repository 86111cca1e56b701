package io.github.bitlift.oracle;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;

/**
 * Convolutions in binary64 by the loops of their definition, on channels-last images: no patches in memory, no products.
 *
 * @param height of the (larger) image
 * @param width of the image
 * @param channels of the image
 * @param kernel side of the kernel
 * @param stride of the kernel
 * @param padding zeros around the image
 */
record ImageLoops(int height, int width, int channels, int kernel, int stride, int padding) {

  static ImageLoops of(PatchGrid grid) {
    return new ImageLoops(grid.height(), grid.width(), grid.channels(), grid.kernel(), grid.stride(), grid.padding());
  }

  /** What a pixel of the result and one of the image have to do with each other. */
  private interface Visit {
    void pair(int to, int from, int place);
  }

  int down() {
    return (height + 2 * padding - kernel) / stride + 1;
  }

  int across() {
    return (width + 2 * padding - kernel) / stride + 1;
  }

  private void pairs(Visit visit) {
    for (int oy = 0; oy < down(); oy++) {
      for (int ox = 0; ox < across(); ox++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            int ky = y - (stride * oy - padding);
            int kx = x - (stride * ox - padding);
            if (ky >= 0 && ky < kernel && kx >= 0 && kx < kernel) {
              visit.pair(oy * across() + ox, y * width + x, ky * kernel + kx);
            }
          }
        }
      }
    }
  }

  /** A convolution; w is {@code [filters][(ky, kx, channel)]}. */
  double[] convolved(double[] image, double[][] w, double[] bias) {
    int filters = w.length;
    double[] out = repeated(bias, down() * across());
    pairs((to, from, place) -> {
      for (int f = 0; f < filters; f++) {
        for (int c = 0; c < channels; c++) {
          out[to * filters + f] += w[f][place * channels + c] * image[from * channels + c];
        }
      }
    });
    return out;
  }

  /** A transposed convolution. */
  double[] spread(double[] small, double[][] w, double[] bias) {
    int filters = w.length;
    double[] out = repeated(bias, height * width);
    pairs((to, from, place) -> {
      for (int f = 0; f < filters; f++) {
        for (int c = 0; c < channels; c++) {
          out[from * channels + c] += w[f][place * channels + c] * small[to * filters + f];
        }
      }
    });
    return out;
  }

  /** The convolution as a matrix. */
  double[][] dense(Matrix weights) {
    float[] values = weights.toArray();
    int filters = weights.rows();
    double[][] entries = new double[down() * across() * filters][height * width * channels];
    pairs((to, from, place) -> {
      for (int f = 0; f < filters; f++) {
        for (int c = 0; c < channels; c++) {
          entries[to * filters + f][from * channels + c] = values[f * weights.columns() + place * channels + c];
        }
      }
    });
    return entries;
  }

  private static double[] repeated(double[] bias, int times) {
    double[] values = new double[bias.length * times];
    for (int i = 0; i < values.length; i++) {
      values[i] = bias[i % bias.length];
    }
    return values;
  }
}
