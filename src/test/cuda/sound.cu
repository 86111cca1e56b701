// Kernels that use every means of synchronisation rightly: the checked build must let them pass. Two blocks of 64 threads;
// in [128], out [128], both int, out never written before. Dynamic shared memory: 64 ints. Launches of grid_ are cooperative.
#include <cooperative_groups.h>
#include <cuda_pipeline.h>

#define SOUND(name) extern "C" __global__ void sound_##name(const int* in, int* out)
#define T (threadIdx.x)
#define I (blockIdx.x * 64 + threadIdx.x)

SOUND(block_sum) {
    __shared__ int sums[2];
    int sum = in[I];
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_down_sync(0xffffffffu, sum, distance);
    if (T % 32 == 0) sums[T / 32] = sum;
    __syncthreads();
    out[I] = sums[0] + sums[1];
}

SOUND(warp_exchange) {
    __shared__ int tile[64];
    int value = in[I];
    for (int distance = 1; distance < 32; distance *= 2) {
        tile[T] = value;
        __syncwarp();
        value += tile[T ^ distance];
        __syncwarp();
    }
    out[I] = value;
}

SOUND(half_warps) {
    __shared__ int tile[64];
    const unsigned half = T % 32 < 16 ? 0xffffu : 0xffff0000u;
    tile[T] = in[I];
    __syncwarp(half);
    const int value = tile[T ^ 8] + __shfl_xor_sync(half, in[I], 4);
    __syncwarp(half);
    tile[T] = value;
    __syncwarp();
    out[I] = tile[T ^ 16];
}

SOUND(double_buffer) {
    __shared__ int tile[2][64];
    __pipeline_memcpy_async(&tile[0][T], &in[I], 4);
    __pipeline_commit();
    int sum = 0;
    for (int stage = 0; stage < 6; stage++) {
        if (stage < 5) __pipeline_memcpy_async(&tile[(stage + 1) % 2][T], &in[I], 4);
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        sum += tile[stage % 2][63 - T];
        __syncthreads();
    }
    out[I] = sum;
}

SOUND(dynamic_shared) {
    extern __shared__ int dynamic[];
    dynamic[T] = in[I];
    const int negative = __syncthreads_count(in[I] < 0);
    out[I] = dynamic[63 - T] + negative;
}

SOUND(atomics) {
    __shared__ int sum;
    if (T == 0) sum = 0;
    __syncthreads();
    atomicAdd(&sum, in[I]);
    __syncthreads();
    out[I] = sum;
}

struct Hole {
    long long wide;
    int narrow;  // four bytes that nobody writes follow
    long long more[2];
};

SOUND(padding) {
    __shared__ Hole original;
    __shared__ Hole copy;
    if (T == 0) {
        original.wide = original.more[0] = original.more[1] = in[I];
        original.narrow = 2;
    }
    __syncthreads();
    if (T == 40) copy = original;
    __syncthreads();
    out[I] = copy.narrow + static_cast<int>(copy.wide + copy.more[0] + copy.more[1]);
}

SOUND(threads_that_end) {
    out[I] = in[I];
    if (T >= 40) return;
    __syncthreads();
    __syncwarp();
}

SOUND(small_types) {
    __shared__ char bytes[64];
    bytes[T] = static_cast<char>(in[I]);
    __syncthreads();
    out[I] = bytes[63 - T];
}

// Through memory from block to block, while each block's own stays as it was.
SOUND(grid_barrier) {
    extern __shared__ int own[];
    own[T] = in[I];
    out[I] = in[I] + 1;
    cooperative_groups::this_grid().sync();
    const int other = out[(I + 64) % 128];
    cooperative_groups::this_grid().sync();
    out[I] = other + own[63 - T];
}
