// Soft-thresholding: Ψ(u) = λ‖u‖₁.
//
// Formula    σ(v)    = v − λ if v > λ;  v + λ if v < −λ;  +0 otherwise
//            prox_τΨ = fma(−τ, λ, v) if that is > 0;  fma(τ, λ, v) if that is < 0;  +0 otherwise
//            σ'(v)   = 1 if |v| > λ, else 0
// Source     prox/SoftThreshold.java; framework paper §6.2
// Shapes     [rows, columns], element by element; p0 = λ
// Special    NaN gives NaN; ±Inf gives ±Inf; ±0 gives +0
// Order      as written
// Modifies   out (separable.cuh)
#include "soft_threshold.cuh"

BITLIFT_SEPARABLE(soft_threshold, bitlift::SoftThreshold)
