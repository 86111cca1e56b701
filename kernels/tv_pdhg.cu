// Primal-dual iterations for total variation, in four ways that give the same bits; the host chooses by shape.
//
// Formula    tv_pdhg.cuh
// Source     backend/TvPdhg.java; framework paper §7.3, eqs. 25a and 25b
// Shapes     x, f [images, pixels], z [images, 2·pixels], state [images, 8]; at least one iteration
//              tv_pdhg_warp    images of up to 1,024 pixels, a warp each; any grid, blocks of a multiple of 32 up to 128
//              tv_pdhg_block   of up to 16,384, a block each; any grid, blocks of a multiple of 32 up to 512
//              tv_pdhg_grid    image after image, a strip of rows per block; x = strips, none empty, of
//                              blocks of 256; a cooperative launch
//              tv_pdhg_step, _sums, _finish for each iteration, then _store: any; y any, best the number of images, blocks of
//                              256; x = tiles for step; for the others any, best a warp per chunk, a warp per image, a thread
//                              per pixel
//            Dynamic shared memory, in bytes: 20 per pixel and warp; 688 + 20 per pixel; 688 + 4·(5·rows + 6)·width
// Special    see tv_pdhg.cuh; an image that has stopped isn't touched
// Order      see tv_pdhg.cuh; no team, strip or tile shows in a bit
// Modifies   x, z and state of images that are running; what the host lends as other, sums, halo, done
//
// What bounds them, counted: a pixel's iteration is 17 operations of binary32 and, where |q| > 1, a root, a reciprocal and two
// products, some 20 instructions more. Beside that warp, block and grid take 11 loads from shared memory and 4 stores, two
// barriers (of the warp, of the block; grid one of the block and one of the grid), and nothing of global memory but for checks.
// Step takes 28 bytes of memory, 16 read and 12 written, and its tile's edges again.
#include <cooperative_groups.h>

#include "tv_block.cuh"

namespace bitlift {
namespace tv {

constexpr int TILE_ROWS = 32;
constexpr int TILE_COLUMNS = 64;

// A strip of an image. All blocks take part in every barrier, for all of them come to the same decisions.
__device__ inline void run_strip(const TvImages& op, long long image, int rows, CheckSpace* space) {
  cooperative_groups::grid_group grid = cooperative_groups::this_grid();
  float* state_row = op.state + image * 8;
  State state(state_row);
  if (!state.is_running()) {
    return;
  }
  const int width = op.width;
  const int row = static_cast<int>(blockIdx.x) * rows;
  const Part part = {row, op.height - row < rows ? op.height - row : rows, row + rows >= op.height};
  const long long pixels = pixels_of(op);
  const int count = sums_of(op);
  const int chunks = static_cast<int>(chunks_of(op));
  float* next_x = op.other;
  float* next_z = next_x + pixels;
  const Snapshot kept = {op.x + image * pixels, op.z + 2 * image * pixels, next_x, next_z, next_z + pixels,
                         op.constant + image * pixels, static_cast<int>(pixels), width, op.weight, state.sigma,
                         op.isotropic != 0};
  Resident<BlockTeam> resident(op, part, image, reinterpret_cast<float*>(space + 1));
  __syncthreads();
#pragma unroll 1
  for (int i = 0; i < op.iterations && state.is_running(); i++) {
    bool due = state.is_due(op.check_every);
    bool keep = due && i > 0;  // the first iterate is there
    Iteration now(op, state);
    resident.primal(now, keep);
    __syncthreads();
    float* edge = op.halo + (static_cast<long long>(i & 1) * gridDim.x + blockIdx.x) * 3 * width;
    const int last_row = resident.own() - width;
    resident.dual(now, keep, [&](int k, float x, float z1, float z2) {
      if (k < width) {
        edge[k] = z1;
        edge[width + k] = z2;
      }
      if (k >= last_row) {
        edge[2 * width + k - last_row] = z1;
      }
      if (due) {
        int at = row * width + k;
        next_x[at] = x;
        next_z[at] = z1;
        next_z[pixels + at] = z2;
      }
    });
    grid.sync();
    resident.take_edges(part, edge - 3 * width, edge + 3 * width);
    state.iterations = state.iterations + 1.0f;
    if (due) {
      Snapshot image_now = kept;
      image_now.sigma = state.sigma;
      double sum[SUMS];
#pragma unroll 1
      for (int chunk = static_cast<int>(first_warp()); chunk < chunks; chunk += static_cast<int>(warp_step())) {
        chunk_sums(image_now, chunk, count, sum);
        keep_sums(sum, op.sums + static_cast<long long>(chunk) * SUMS);
      }
      grid.sync();
      block_totals(op.sums, chunks, count, space->totals, sum);
      decide(op, sum, state);
    }
    __syncthreads();
  }
  resident.store();
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    state.store(state_row);
  }
  grid.sync();  // the next image uses the same halo and sums
}

// Where an image lies before and after an iteration, which take turns.
struct Places {
  float* x[2];
  float* z[2];

  __device__ Places(const TvImages& op, long long image) {
    long long pixels = pixels_of(op);
    x[0] = op.x + image * pixels;
    z[0] = op.z + 2 * image * pixels;
    x[1] = op.other + 3 * image * pixels;
    z[1] = x[1] + pixels;
  }
};

// One iteration on a tile: x+ and x̄ on it and one row and column more, then z+.
__device__ inline void step_tile(const TvImages& op, const Iteration& now, const Places& places, const float* constant, int from,
                                 int row, int column, float (&bar)[TILE_ROWS + 1][TILE_COLUMNS + 1]) {
  const int width = op.width;
  const int pixels = static_cast<int>(pixels_of(op));
  const float* x = places.x[from];
  const float* z1 = places.z[from];
  const float* z2 = z1 + pixels;
  float* to_x = places.x[1 - from];
  float* to_z = places.z[1 - from];
#pragma unroll 1
  for (int t = static_cast<int>(threadIdx.x); t < (TILE_ROWS + 1) * (TILE_COLUMNS + 1); t += static_cast<int>(blockDim.x)) {
    int r = t / (TILE_COLUMNS + 1);
    int c = t % (TILE_COLUMNS + 1);
    if (row + r < op.height && column + c < width) {
      int k = (row + r) * width + column + c;
      float up = row + r > 0 ? z1[k - width] : 0.0f;
      float left = column + c > 0 ? z2[k - 1] : 0.0f;
      float old = x[k];
      float next = now.primal(constant[k], old, up, z1[k], left, z2[k]);
      bar[r][c] = now.extrapolate(old, next);
      if (r < TILE_ROWS && c < TILE_COLUMNS) {
        to_x[k] = next;
      }
    }
  }
  __syncthreads();
#pragma unroll 1
  for (int t = static_cast<int>(threadIdx.x); t < TILE_ROWS * TILE_COLUMNS; t += static_cast<int>(blockDim.x)) {
    int r = t / TILE_COLUMNS;
    int c = t % TILE_COLUMNS;
    if (row + r < op.height && column + c < width) {
      int k = (row + r) * width + column + c;
      float e1 = row + r + 1 < op.height ? bar[r + 1][c] - bar[r][c] : 0.0f;
      float e2 = column + c + 1 < width ? bar[r][c + 1] - bar[r][c] : 0.0f;
      float next1 = z1[k];
      float next2 = z2[k];
      now.dual(e1, e2, next1, next2);
      to_z[k] = next1;
      to_z[pixels + k] = next2;
    }
  }
  __syncthreads();
}

__device__ inline long long first_image() { return blockIdx.y; }
__device__ inline long long image_step() { return gridDim.y; }

}  // namespace tv
}  // namespace bitlift

extern "C" __global__ void __launch_bounds__(128) tv_pdhg_warp(const bitlift::TvImages* images) {
  using namespace bitlift;
  extern __shared__ double shared_memory[];
  const TvImages& op = *images;
  const int pixels = static_cast<int>(tv::pixels_of(op));
  float* own = reinterpret_cast<float*>(shared_memory) + tv::warp_of_block() * tv::PLANES * pixels;
#pragma unroll 1
  for (long long image = first_warp(); image < op.images; image += warp_step()) {
    tv::Still still;
    tv::run_image<tv::WarpTeam>(op, image, own, still, [&](const tv::Snapshot& now, double (&sum)[tv::SUMS]) {
      tv::chunk_sums(now, 0, tv::sums_of(op), sum);
    });
  }
}

extern "C" __global__ void __launch_bounds__(512) tv_pdhg_block(const bitlift::TvImages* images) {
  using namespace bitlift;
  extern __shared__ double shared_memory[];
  const TvImages& op = *images;
  tv::CheckSpace* space = reinterpret_cast<tv::CheckSpace*>(shared_memory);
  tv::Still still;
#pragma unroll 1
  for (long long image = blockIdx.x; image < op.images; image += gridDim.x) {
    tv::run_image_on_block(op, image, space, reinterpret_cast<float*>(space + 1), still);
  }
}

extern "C" __global__ void __launch_bounds__(256, 2) tv_pdhg_grid(const bitlift::TvImages* images, int rows) {
  using namespace bitlift;
  extern __shared__ double shared_memory[];
  const TvImages& op = *images;
#pragma unroll 1
  for (long long image = 0; image < op.images; image++) {
    tv::run_strip(op, image, rows, reinterpret_cast<tv::CheckSpace*>(shared_memory));
  }
}

extern "C" __global__ void __launch_bounds__(256) tv_pdhg_step(const bitlift::TvImages* images, int iteration) {
  using namespace bitlift;
  __shared__ float bar[tv::TILE_ROWS + 1][tv::TILE_COLUMNS + 1];
  const TvImages& op = *images;
  const int columns = (op.width + tv::TILE_COLUMNS - 1) / tv::TILE_COLUMNS;
  const int tile = static_cast<int>(blockIdx.x);
#pragma unroll 1
  for (long long image = tv::first_image(); image < op.images; image += tv::image_step()) {
    tv::State state(op.state + image * 8);
    if (tile == 0 && threadIdx.x == 0 && (state.is_running() || iteration == 0)) {
      op.done[image] = state.is_running() ? iteration + 1 : 0;
    }
    if (state.is_running()) {
      tv::Iteration now(op, state);
      tv::step_tile(op, now, tv::Places(op, image), op.constant + image * tv::pixels_of(op), iteration & 1,
                    tile / columns * tv::TILE_ROWS, tile % columns * tv::TILE_COLUMNS, bar);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256) tv_pdhg_sums(const bitlift::TvImages* images, int iteration) {
  using namespace bitlift;
  const TvImages& op = *images;
  const int pixels = static_cast<int>(tv::pixels_of(op));
  const int chunks = static_cast<int>(tv::chunks_of(op));
  const int from = iteration & 1;
#pragma unroll 1
  for (long long image = tv::first_image(); image < op.images; image += tv::image_step()) {
    tv::State state(op.state + image * 8);
    if (!state.is_running() || !state.is_due(op.check_every)) {
      continue;
    }
    tv::Places places(op, image);
    const float* z = places.z[1 - from];
    tv::Snapshot now = {places.x[from], places.z[from], places.x[1 - from], z, z + pixels,
                        op.constant + image * tv::pixels_of(op), pixels, op.width, op.weight, state.sigma, op.isotropic != 0};
#pragma unroll 1
    for (int chunk = static_cast<int>(first_warp()); chunk < chunks; chunk += static_cast<int>(warp_step())) {
      double sum[tv::SUMS];
      tv::chunk_sums(now, chunk, tv::sums_of(op), sum);
      tv::keep_sums(sum, op.sums + (image * chunks + chunk) * tv::SUMS);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256) tv_pdhg_finish(const bitlift::TvImages* images) {
  using namespace bitlift;
  const TvImages& op = *images;
  const int chunks = static_cast<int>(tv::chunks_of(op));
#pragma unroll 1
  for (long long image = first_warp(); image < op.images; image += warp_step()) {
    float* row = op.state + image * 8;
    tv::State state(row);
    __syncwarp();  // all have read the state
    if (!state.is_running()) {
      continue;
    }
    bool due = state.is_due(op.check_every);
    tv::Iteration steps(op, state);
    state.iterations = state.iterations + 1.0f;
    if (due) {
      double sum[tv::SUMS];
#pragma unroll
      for (int s = 0; s < tv::SUMS; s++) {
        sum[s] = s < tv::sums_of(op) ? tv::total(op.sums + image * chunks * tv::SUMS, chunks, s) : 0.0;
      }
      tv::decide(op, sum, state);
    }
    if (lane() == 0) {
      state.store(row);
    }
  }
}

// Brings home what an odd number of iterations left in the other place.
extern "C" __global__ void __launch_bounds__(256) tv_pdhg_store(const bitlift::TvImages* images) {
  using namespace bitlift;
  const TvImages& op = *images;
  const long long pixels = tv::pixels_of(op);
#pragma unroll 1
  for (long long image = tv::first_image(); image < op.images; image += tv::image_step()) {
    if ((op.done[image] & 1) == 0) {
      continue;
    }
    tv::Places places(op, image);
#pragma unroll 1
    for (long long k = first_index(); k < pixels; k += index_step()) {
      places.x[0][k] = places.x[1][k];
      places.z[0][k] = places.z[1][k];
      places.z[0][pixels + k] = places.z[1][pixels + k];
    }
  }
}
