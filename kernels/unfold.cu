// Images as patches: what makes a convolution a product.
//
// Formula    patches[(i·down + oy)·across + ox, (ky, kx, c)] = images[i, (y, x, c)], y = stride·oy − padding + ky, x likewise;
//            +0 where (y, x) lies outside the image
// Source     backend/Unfold.java, backend/PatchGrid.java
// Shapes     in [images, height·width·channels], out [images·down·across, kernel·kernel·channels], count numbers; any grid
// Special    bits are copied
// Order      element by element: neighbouring threads write neighbouring numbers, and read such along (kx, c)
// Modifies   out, which must not overlap in
// Bound by   memory: 4 bytes written per number, and 4 read from DRAM per number of the image, which the (kernel / stride)²
//            patches that share it find in cache
#include "launch.cuh"

extern "C" __global__ void unfold(long long count, int height, int width, int channels, int kernel, int stride, int padding,
                                  int down, int across, const float* in, float* out) {
  int run = kernel * channels;
  int image_row = width * channels;
#pragma unroll 1
  for (long long i = bitlift::first_index(); i < count; i += bitlift::index_step()) {
    int row = static_cast<int>(i / (kernel * run));
    int place = static_cast<int>(i % (kernel * run));
    int y = stride * (row / across % down) - padding + place / run;
    int x = (stride * (row % across) - padding) * channels + place % run;
    bool inside = y >= 0 && y < height && x >= 0 && x < image_row;
    out[i] = inside ? in[(static_cast<long long>(row / across / down) * height + y) * image_row + x] : 0.0f;
  }
}
