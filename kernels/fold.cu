// Patches added up to images, the adjoint of unfold.cu: what makes a transposed convolution a product.
//
// Formula    images[i, (y, x, c)] = Σ patches[(i·down + oy)·across + ox, (ky, kx, c)] over all patches that cover the pixel:
//            stride·oy = y + padding − ky, stride·ox = x + padding − kx
// Source     backend/Fold.java, backend/PatchGrid.java
// Shapes     in [images·down·across, kernel·kernel·channels], out [images, height·width·channels], count numbers; any grid
// Special    NaN and infinities as the additions have them; from +0, so that no sum is −0
// Order      additions from +0 in ascending order of (ky, kx): oy and ox descend
// Modifies   out, which must not overlap in
// Bound by   memory: 4 bytes read per number of the patches, in runs of channels, 4 written per number of the images
#include "launch.cuh"

extern "C" __global__ void fold(long long count, int height, int width, int channels, int kernel, int stride, int padding,
                                int down, int across, const float* in, float* out) {
  int size = height * width * channels;
#pragma unroll 1
  for (long long i = bitlift::first_index(); i < count; i += bitlift::index_step()) {
    long long image = i / size;
    int pixel = static_cast<int>(i % size) / channels;
    int channel = static_cast<int>(i % size) % channels;
    int y = pixel / width + padding;
    int x = pixel % width + padding;
    float sum = 0.0f;
#pragma unroll 1
    for (int ky = y % stride; ky < kernel && ky <= y; ky += stride) {
      int oy = (y - ky) / stride;
      if (oy >= down) {
        continue;
      }
#pragma unroll 1
      for (int kx = x % stride; kx < kernel && kx <= x; kx += stride) {
        int ox = (x - kx) / stride;
        if (ox < across) {
          long long patch = (image * down + oy) * across + ox;
          sum = sum + in[(patch * kernel * kernel + ky * kernel + kx) * channels + channel];
        }
      }
    }
    out[i] = sum;
  }
}
