// Kernels that the checked build must refuse, one error each. Two blocks of 64 threads; in [128], out [128], both int, out
// never written before. Dynamic shared memory: 64 ints. Launches of grid_ are cooperative.
#include <cooperative_groups.h>
#include <cuda_pipeline.h>

// Shared memory that is written before anything goes wrong.
#define TILE              \
    __shared__ int tile[64]; \
    tile[threadIdx.x] = 0;   \
    __syncthreads()
#define PLANTED(name) extern "C" __global__ void planted_##name(const int* in, int* out)
#define T (threadIdx.x)
#define I (blockIdx.x * 64 + threadIdx.x)

PLANTED(race_read_after_write) {
    TILE;
    tile[T] = in[I];
    out[I] = tile[(T + 32) % 64];
}

PLANTED(race_write_after_read) {
    TILE;
    tile[T] = in[I];
    __syncthreads();
    const int other = tile[63 - T];
    tile[T] = other;
    __syncthreads();
    out[I] = tile[T];
}

PLANTED(race_in_warp) {
    TILE;
    tile[T] = in[I];
    out[I] = tile[T ^ 1];
}

// A shuffle orders no memory.
PLANTED(race_across_shuffle) {
    TILE;
    tile[T] = in[I];
    const int value = __shfl_xor_sync(0xffffffffu, in[I], 1);
    out[I] = tile[T ^ 1] + value;
}

// Lanes 0 to 15 meet, but read what lanes 16 to 31 wrote.
PLANTED(race_outside_mask) {
    TILE;
    tile[T] = in[I];
    if (T % 32 < 16) {
        __syncwarp(0xffffu);
        out[I] = tile[T + 16];
    }
}

PLANTED(race_of_blocks) { out[T] = in[I]; }

PLANTED(race_reads_of_blocks) {
    out[I] = in[I];
    if (blockIdx.x == 0) out[I] = out[64 + T];
}

PLANTED(race_with_atomic) {
    __shared__ int sum;
    if (T == 0) sum = 0;
    __syncthreads();
    atomicAdd(&sum, in[I]);
    out[I] = sum;
}

PLANTED(race_after_copy) {
    TILE;
    __pipeline_memcpy_async(&tile[T], &in[I], 4);
    __pipeline_commit();
    __pipeline_wait_prior(0);
    out[I] = tile[63 - T];
}

PLANTED(race_copy_not_waited_for) {
    TILE;
    __pipeline_memcpy_async(&tile[T], &in[I], 4);
    __pipeline_commit();
    out[I] = tile[T];
}

PLANTED(bounds_after) { out[I + 1] = in[I]; }

PLANTED(bounds_before) { out[I] = in[static_cast<int>(I) - 1]; }

PLANTED(bounds_shared) {
    __shared__ int tile[64];
    tile[T + 1] = in[I];
    __syncthreads();
    out[I] = tile[T];
}

PLANTED(bounds_dynamic) {
    extern __shared__ int dynamic[];
    dynamic[T + 1] = in[I];
    __syncthreads();
    out[I] = dynamic[T];
}

PLANTED(uninitialised_global) { out[I] = out[I] + in[I]; }

PLANTED(uninitialised_shared) {
    __shared__ int tile[64];
    if (T != 5) tile[T] = in[I];
    __syncthreads();
    out[I] = tile[T];
}

struct Padded {
    long long wide;
    int narrow, unset;
    long long more[2];
};

// Copying the struct is right, using what was never set is not.
PLANTED(uninitialised_member) {
    __shared__ Padded original;
    __shared__ Padded copy;
    if (T == 0) {
        original.wide = original.more[0] = original.more[1] = in[I];
        original.narrow = 2;
        copy = original;
    }
    __syncthreads();
    out[I] = copy.narrow + copy.unset;
}

PLANTED(divergence_of_barriers) {
    if (T < 32) {
        __syncthreads();
    } else {
        __syncthreads();
    }
    out[I] = in[I];
}

PLANTED(divergence_of_masks) {
    const unsigned mask = T % 32 < 16 ? 0xffffffffu : 0xffff0001u;
    out[I] = __shfl_xor_sync(mask, in[I], 1);
}

PLANTED(divergence_of_operations) {
    if (T % 32 < 16) __syncwarp();
    else out[I] = __shfl_sync(0xffffffffu, in[I], 20);
}

PLANTED(shuffle_from_outside) {
    if (T % 32 < 16) out[I] = __shfl_sync(0xffffu, in[I], 20);
}

PLANTED(grid_race) {
    out[I] = in[I];
    cooperative_groups::this_grid().sync();
    out[I] = out[(I + 64) % 128];
}

PLANTED(grid_missed_by_block) {
    out[I] = in[I];
    if (blockIdx.x == 1) return;
    cooperative_groups::this_grid().sync();
}

PLANTED(grid_missed_by_thread) {
    out[I] = in[I];
    if (T == 40) return;
    cooperative_groups::this_grid().sync();
}

PLANTED(grid_divergence) {
    out[I] = in[I];
    if (T < 40) {
        cooperative_groups::this_grid().sync();
    } else {
        cooperative_groups::this_grid().sync();
    }
}

PLANTED(grid_static_shared) {
    TILE;
    cooperative_groups::this_grid().sync();
    out[I] = in[I] + tile[63 - T];
}

PLANTED(barrier_of_no_grid) {
    out[I] = in[I];
    cooperative_groups::this_grid().sync();
}
