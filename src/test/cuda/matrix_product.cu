// C[i, j] <- fma chain over ascending k of A[i, k] B[k, j], from 0. Shapes: A [m, p], B [p, n], C [m, n]. Modified: C.
namespace {
constexpr int tile = 16;
}

extern "C" __global__ void __launch_bounds__(tile * tile, 2)
    matrix_product(int m, int n, int p, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ float tileA[tile][tile];
    extern __shared__ __align__(16) float tileB[];
    const int row = blockIdx.y * tile + threadIdx.y, column = blockIdx.x * tile + threadIdx.x;
    float sum = 0.0f;
    for (int start = 0; start < p; start += tile) {
        const int ka = start + threadIdx.x, kb = start + threadIdx.y;
        tileA[threadIdx.y][threadIdx.x] = row < m && ka < p ? a[row * p + ka] : 0.0f;
        tileB[threadIdx.y * tile + threadIdx.x] = column < n && kb < p ? __ldg(b + kb * n + column) : 0.0f;
        __syncthreads();
        for (int k = 0; k < min(tile, p - start); k++) sum = __fmaf_rn(tileA[threadIdx.y][k], tileB[k * tile + threadIdx.x], sum);
        __syncthreads();
    }
    if (row < m && column < n) c[row * n + column] = sum;
}
