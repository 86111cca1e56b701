// Put in front of every .cu file by the emulator's build: what nvcc knows by itself, in C++ that g++ compiles.
// The words `bitlift_kernel_marker`, `bitlift_bounds_marker` and `bitlift_shared_marker` never reach the compiler:
// kernel-source.sh finds kernels and shared memory by them in the preprocessed text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "cuda_arithmetic.h"
#include "cuda_atomics.h"
#include "cuda_vectors.h"
#include "cuda_warp.h"
#include "device_abi.h"

#define __global__ bitlift_kernel_marker
#define __launch_bounds__(...) bitlift_bounds_marker(__VA_ARGS__)
#define __shared__ bitlift_shared_marker
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __grid_constant__

#define threadIdx (bitlift_emulator::bitlift_emulator_place->thread)
#define blockIdx (bitlift_emulator::bitlift_emulator_block.block)
#define blockDim (bitlift_emulator::bitlift_emulator_block.blockSize)
#define gridDim (bitlift_emulator::bitlift_emulator_block.gridSize)
inline constexpr int warpSize = 32;

inline void __syncthreads(int line = __builtin_LINE()) { bitlift_emulator::bitlift_emulator_barrier(0, line); }
inline int __syncthreads_count(int predicate, int line = __builtin_LINE()) {
    return static_cast<int>(bitlift_emulator::bitlift_emulator_barrier(predicate, line));
}
inline int __syncthreads_or(int predicate, int line = __builtin_LINE()) { return __syncthreads_count(predicate, line) != 0; }
inline int __syncthreads_and(int predicate, int line = __builtin_LINE()) { return __syncthreads_count(predicate == 0, line) == 0; }
inline void __threadfence() {}
inline void __threadfence_block() {}
[[noreturn]] inline void __trap() { bitlift_emulator::bitlift_emulator_trap(); }

template <class T>
T __ldg(const T* at) {
    return *at;
}

namespace bitlift_emulator {

constexpr unsigned launch_bounds(unsigned maxThreads = 0, unsigned = 0, unsigned = 0) { return maxThreads; }

#ifdef BITLIFT_CHECKED
/** A shared variable and bytes on both sides that nobody may touch; announces itself when a thread first comes by. */
template <class T>
struct Guarded {
    static constexpr std::size_t guard = 64;
    alignas(64) char before[guard];
    T variable;
    char after[guard];
};
#define BITLIFT_UNCHECKED __attribute__((no_sanitize("thread")))
struct Announced {
    template <class T>
    BITLIFT_UNCHECKED Announced(Guarded<T>& shared, const char* name) {
        bitlift_emulator_shared(name, &shared.variable, sizeof(T), Guarded<T>::guard);
    }
};
#else
#define BITLIFT_UNCHECKED
#endif

template <class... P, std::size_t... I>
BITLIFT_UNCHECKED void call(void (*kernel)(P...), void** parameters, std::index_sequence<I...>) {
    (void)parameters;
    kernel(*static_cast<P*>(parameters[I])...);
}

template <auto kernel, class Signature = decltype(kernel)>
struct Registered;
template <auto kernel, class... P>
struct Registered<kernel, void (*)(P...)> {
    Registered(const char* name, unsigned maxThreads) {
        static const Parameter parameters[] = {{static_cast<unsigned>(sizeof(P)), static_cast<unsigned>(alignof(P))}..., {0, 0}};
        static const Kernel entry{
            name, [](void** p) BITLIFT_UNCHECKED { call(kernel, p, std::index_sequence_for<P...>{}); }, parameters, sizeof...(P), maxThreads};
        bitlift_emulator_register(&entry);
    }
};

}  // namespace bitlift_emulator
