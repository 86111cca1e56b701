// Each block walks its chunk of x in stages of float4, the next stage being copied while this one is used.
// y[i] <- fma(x[i], x[i], 1). Shapes: x, y [chunks * stages * 4 * blockDim.x]. Modified: y.
#include <cuda_pipeline.h>

namespace {
constexpr int threads = 64;

template <bool wait>
__device__ __forceinline__ void walk(int stages, const float4* __restrict__ x, float4* __restrict__ y) {
    __shared__ float4 buffer[2][threads];
    x += blockIdx.x * stages * threads;
    y += blockIdx.x * stages * threads;
    const int other = threads - 1 - threadIdx.x;
    __pipeline_memcpy_async(&buffer[0][threadIdx.x], x + threadIdx.x, sizeof(float4));
    __pipeline_commit();
#pragma unroll 1
    for (int stage = 0; stage < stages; stage++) {
        if (stage + 1 < stages)
            __pipeline_memcpy_async(&buffer[(stage + 1) & 1][threadIdx.x], x + (stage + 1) * threads + threadIdx.x, sizeof(float4));
        __pipeline_commit();
        __pipeline_wait_prior(wait ? 1 : 2);
        __syncthreads();
        const float4 v = buffer[stage & 1][other];
        y[stage * threads + other] = make_float4(__fmaf_rn(v.x, v.x, 1.0f), __fmaf_rn(v.y, v.y, 1.0f), __fmaf_rn(v.z, v.z, 1.0f),
                                                 __fmaf_rn(v.w, v.w, 1.0f));
        __syncthreads();
    }
}
}  // namespace

extern "C" __global__ void pipelined(int stages, const float4* x, float4* y) { walk<true>(stages, x, y); }

// The same with a wait too short by one stage: a planted bug.
extern "C" __global__ void pipelined_without_wait(int stages, const float4* x, float4* y) { walk<false>(stages, x, y); }
