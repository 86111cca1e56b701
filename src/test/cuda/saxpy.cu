// y[i] <- fma(a, x[i], y[i]), 0 <= i < n. Shapes: x, y [n]. Modified: y.
extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = __fmaf_rn(a, x[i], y[i]);
}

// y[i] <- a * x[i] + y[i] with two roundings: the host build must not fuse them.
extern "C" __global__ void saxpy_two_roundings(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
