// Kernels that are wrong on purpose, each in the way its name says.

#define WRONG_KERNEL(name) extern "C" __global__ void name

// out[t] <- t + 1 (wrapped), read from a neighbour that may not have written yet.
WRONG_KERNEL(missing_barrier)(int* out) {
    __shared__ int neighbour[64];
    neighbour[threadIdx.x] = threadIdx.x;
    out[threadIdx.x] = neighbour[(threadIdx.x + 1) % 64];
}

// Writes into the first page of the address space, which nothing is ever mapped to.
WRONG_KERNEL(illegal_address)(int* out) { out[-(reinterpret_cast<long long>(out) / 4) + 16] = threadIdx.x; }

// Lane 0 waits for a warp that has gone to the barrier.
WRONG_KERNEL(divergent)(int* out) {
    if (threadIdx.x == 0) __syncwarp();
    __syncthreads();
    out[threadIdx.x] = threadIdx.x;
}
