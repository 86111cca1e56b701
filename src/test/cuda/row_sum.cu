// out[r] <- sum of x[r, :]: lane l of 32 adds x[r, l + 32 t] over ascending t, then the lanes are added as a tree, lane l to
// lane l ^ 16, 8, 4, 2, 1. One row per warp; `negatives` counts the elements below zero. Shapes: x [rows, columns].
extern "C" __global__ void row_sum(int rows, int columns, const float* __restrict__ x, float* __restrict__ out, int* negatives) {
    const int row = blockIdx.x * blockDim.y + threadIdx.y, lane = threadIdx.x;
    if (row >= rows) return;
    float sum = 0.0f;
    for (int j = 0; j < columns; j += 32) {
        const float value = j + lane < columns ? x[row * columns + j + lane] : 0.0f;
        sum = __fadd_rn(sum, value);
        const unsigned below = __ballot_sync(0xffffffffu, value < 0.0f);
        if (lane == 0) atomicAdd(negatives, __popc(below));
    }
    for (int offset = 16; offset > 0; offset >>= 1) sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffffu, sum, offset));
    __syncwarp();
    if (lane == 0) out[row] = sum;
}
