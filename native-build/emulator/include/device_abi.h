// What a host-compiled kernel and the emulated driver know of each other. The driver (libcuda.so.1) defines all of it;
// the kernel library calls it. One kernel runs at a time in the process, so the running thread is a plain global.
#pragma once
#include <cstddef>
#include <cstdint>

namespace bitlift_emulator {

struct Index3 {
    unsigned x, y, z;
};

/** Where the running CUDA thread is in its block. */
struct ThreadPlace {
    Index3 thread;
    unsigned linear;  // x + blockSize.x * (y + blockSize.y * z)
};

/** Where the running block is in its grid. */
struct BlockPlace {
    Index3 block, blockSize, gridSize;
};

/** Bytes and alignment of a kernel's parameter. */
struct Parameter {
    unsigned size, alignment;
};

/** A kernel as its library announces it: `call` unpacks the parameter addresses and runs one thread. */
struct Kernel {
    const char* name;
    void (*call)(void** parameters);
    const Parameter* parameters;
    unsigned parameterCount;
    unsigned maxThreads;  // from __launch_bounds__; 0 where the kernel sets none
};

enum class WarpOperation : int { Sync, Shuffle, Ballot };

extern "C" {
extern const ThreadPlace* bitlift_emulator_place;
extern BlockPlace bitlift_emulator_block;
void bitlift_emulator_register(const Kernel* kernel);
/** Waits for every live thread of the block; returns how many of them came with a non-zero predicate. */
unsigned bitlift_emulator_barrier(int predicate, int line);
/** Waits for every thread of the grid. */
void bitlift_emulator_grid_barrier(int line);
/** Waits for the live lanes of `mask`; a shuffle returns `sourceLane`'s value, a ballot the lanes whose value is not 0. */
std::uint64_t bitlift_emulator_warp(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned sourceLane, int line);
/** Checked builds only: a shared variable between its guards, and an atomic operation about to happen. */
void bitlift_emulator_shared(const char* name, void* at, std::size_t bytes, std::size_t guard);
void bitlift_emulator_atomic(void* at, std::size_t bytes);
unsigned bitlift_emulator_live_lanes();
void* bitlift_emulator_dynamic_shared();
void bitlift_emulator_copy_async(void* to, const void* from, std::size_t size, std::size_t zeroes);
void bitlift_emulator_copy_commit();
void bitlift_emulator_copy_wait(std::size_t batchesLeft);
[[noreturn]] void bitlift_emulator_trap();
}

}  // namespace bitlift_emulator
