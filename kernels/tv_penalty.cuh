// Total variation behind a first layer that is a convolution: all iterations of an image on one block, whose shared memory holds
// image, residual, target and weights.
//
// Formula    r = σ(K x + b) − u, g = K* r, then tv_pdhg.cuh with g, in each iteration
// Source     backend/TvPdhg.java, Penalty; framework paper §7.3, eqs. 25a and 25b
// Shapes     u [images, patches·filters], weights [filters, kernel·kernel·channels], neither of more than 1,024, bias [filters];
//            images of up to 16,384 pixels. 688 + 20 bytes of dynamic shared memory per pixel, up to the next 16, then 4 for each
//            number of u twice, of the weights and of the bias, filters counted up to the next multiple of 4
// Special    NaN and infinities as the operations have them; x outside the image counts as +0
// Order      as unfold.cu, the products and fold.cu have it: chains of fma from +0 in ascending order of (ky, kx, c), then of the
//            filters; their sums added in ascending order of (ky, kx) from +0. Filters that only fill a four have residual and
//            weight 0, whatever x is, and end each chain by adding 0, which may turn −0 into +0: sums that begin with +0 don't
//            show it
// Modifies   x, z and the state of images that are running
//
// Threads stand side by side along patches and take four filters each, so one number of x and one load of 16 bytes, the same for
// all lanes, feed four fma; on the way back a load of four residuals and one of four weights do. README.md counts them.
#pragma once

#include "pack.cuh"
#include "tv_block.cuh"

namespace bitlift {

// One operation on a batch of images. 192 bytes, laid out as written: the host fills it in.
struct TvPenalty {
  TvImages images;
  const float* weights;
  const float* bias;
  const float* target;
  int height;
  int width;
  int channels;
  int kernel;
  int stride;
  int padding;
  int down;
  int across;
  int filters;
  float p0;
  float p1;
  int unused;
};
static_assert(sizeof(TvPenalty) == 192, "the host fills in this layout");

namespace tv {

constexpr int FOUR = 4;

__device__ inline int in_fours(int n) { return (n + FOUR - 1) / FOUR * FOUR; }

// Four chains go on by one term each, or one chain by four terms.
__device__ inline void fuse_each(const Pack<FOUR>& weight, float value, Pack<FOUR>& chain) {
#pragma unroll
  for (int e = 0; e < FOUR; e++) {
    chain.v[e] = fused(value, weight.v[e], chain.v[e]);
  }
}

__device__ inline float fuse_all(const Pack<FOUR>& weight, const Pack<FOUR>& value, float chain) {
#pragma unroll
  for (int e = 0; e < FOUR; e++) {
    chain = fused(value.v[e], weight.v[e], chain);
  }
  return chain;
}

// The gradient for run_image on a block.
template <class Map>
class PenaltyGradient {
 public:
  // Loads the layer. The block meets before the gradient is taken.
  __device__ PenaltyGradient(const TvPenalty& op, float* shared)
      : op_(op), map_(op.p0, op.p1), patches_(op.down * op.across), pitch_(in_fours(op.filters)), residual_(shared),
        target_(residual_ + patches_ * pitch_), bias_(target_ + patches_ * pitch_), weights_(bias_ + pitch_) {
    const int taps = op.kernel * op.kernel * op.channels;
#pragma unroll 1
    for (int i = BlockTeam::rank(); i < (taps + 1) * pitch_; i += BlockTeam::size()) {
      int tap = i / pitch_ - 1;  // the bias comes first
      int filter = i % pitch_;
      bias_[i] = filter >= op.filters ? 0.0f : tap < 0 ? op.bias[filter] : op.weights[filter * taps + tap];
    }
  }

  __device__ void load(long long image) const {
    const float* from = op_.target + image * patches_ * op_.filters;
#pragma unroll 1
    for (int i = BlockTeam::rank(); i < patches_ * pitch_; i += BlockTeam::size()) {
      int filter = i % pitch_;
      target_[i] = filter < op_.filters ? from[i / pitch_ * op_.filters + filter] : 0.0f;
    }
  }

  // The block has met since x was written, and meets before it is written again.
  __device__ void take(const float* x, float* gradient) const {
#pragma unroll 1
    for (int i = BlockTeam::rank(); i < patches_ * (pitch_ / FOUR); i += BlockTeam::size()) {
      residual(x, i % patches_, i / patches_ * FOUR);
    }
    BlockTeam::sync();
    const int size = op_.height * op_.width * op_.channels;
#pragma unroll 1
    for (int k = BlockTeam::rank(); k < size; k += BlockTeam::size()) {
      gradient[k] = folded(k / op_.channels / op_.width + op_.padding, k / op_.channels % op_.width + op_.padding,
                           k % op_.channels);
    }
  }

 private:
  // Of one patch and four filters.
  __device__ void residual(const float* x, int patch, int filter) const {
    const int top = patch / op_.across * op_.stride - op_.padding;
    const int left = patch % op_.across * op_.stride - op_.padding;
    const float* weight = weights_ + filter;
    Pack<FOUR> chain = {};
#pragma unroll 1
    for (int ky = 0; ky < op_.kernel; ky++) {
      bool inside_y = top + ky >= 0 && top + ky < op_.height;
#pragma unroll 1
      for (int kx = 0; kx < op_.kernel; kx++) {
        bool inside = inside_y && left + kx >= 0 && left + kx < op_.width;
        const float* pixel = x + ((top + ky) * op_.width + left + kx) * op_.channels;
#pragma unroll 1
        for (int c = 0; c < op_.channels; c++) {
          fuse_each(bitlift::load<FOUR>(weight), inside ? pixel[c] : 0.0f, chain);
          weight += pitch_;
        }
      }
    }
    const int at = patch * pitch_ + filter;
    Pack<FOUR> bias = bitlift::load<FOUR>(bias_ + filter);
    Pack<FOUR> target = bitlift::load<FOUR>(target_ + at);
#pragma unroll
    for (int e = 0; e < FOUR; e++) {
      float residual = map_.activate(chain.v[e] + bias.v[e]) - target.v[e];
      chain.v[e] = filter + e < op_.filters ? residual : 0.0f;
    }
    bitlift::store<FOUR>(residual_ + at, chain);
  }

  // Of one number of the image; y and x count from the padding's corner.
  __device__ float folded(int y, int x, int channel) const {
    float sum = 0.0f;
#pragma unroll 1
    for (int ky = y % op_.stride; ky < op_.kernel && ky <= y; ky += op_.stride) {
      int oy = (y - ky) / op_.stride;
      if (oy >= op_.down) {
        continue;
      }
#pragma unroll 1
      for (int kx = x % op_.stride; kx < op_.kernel && kx <= x; kx += op_.stride) {
        int ox = (x - kx) / op_.stride;
        if (ox < op_.across) {
          sum = sum + chain((ky * op_.kernel + kx) * op_.channels + channel, oy * op_.across + ox);
        }
      }
    }
    return sum;
  }

  // A tap's over all filters of a patch.
  __device__ float chain(int tap, int patch) const {
    const float* weight = weights_ + tap * pitch_;
    const float* residual = residual_ + patch * pitch_;
    float chain = 0.0f;
#pragma unroll 1
    for (int filter = 0; filter < pitch_; filter += FOUR) {
      chain = fuse_all(bitlift::load<FOUR>(weight + filter), bitlift::load<FOUR>(residual + filter), chain);
    }
    return chain;
  }

  const TvPenalty op_;  // a copy, as nothing that is written lies in it
  Map map_;
  int patches_;
  int pitch_;
  float* residual_;  // [patches, pitch]
  float* target_;    // the same
  float* bias_;      // [pitch], and behind it the weights
  float* weights_;   // [taps, pitch]
};

template <class Map>
__device__ inline void penalty(const TvPenalty& op, double* shared) {
  TvImages images = op.images;
  images.denoise = 0;  // as they are: so that the compiler leaves out what they aren't
  images.rule = FIXED;
  CheckSpace* space = reinterpret_cast<CheckSpace*>(shared);
  float* image_space = reinterpret_cast<float*>(space + 1);
  PenaltyGradient<Map> gradient(op, image_space + in_fours(PLANES * static_cast<int>(pixels_of(images))));
#pragma unroll 1
  for (long long image = blockIdx.x; image < images.images; image += gridDim.x) {
    run_image_on_block(images, image, space, image_space, gradient);
  }
}

}  // namespace tv
}  // namespace bitlift

// One block per multiprocessor is asked for, or the compiler spills for the sake of two.
#define BITLIFT_TV_PENALTY(stem, Map)                                                                         \
  extern "C" __global__ void __launch_bounds__(512, 1) stem##_tv_penalty(const bitlift::TvPenalty* penalty) { \
    extern __shared__ __align__(16) double shared_memory[];                                                   \
    bitlift::tv::penalty<Map>(*penalty, shared_memory);                                                       \
  }
