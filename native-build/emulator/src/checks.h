// What the checked build (src/checks) and the one with AddressSanitizer (src/asan) want to hear of memory, copies and
// synchronisation. In every other build these are empty.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "grid.h"
#include "pipeline.h"

namespace bitlift_emulator::checks {

/** An allocation, and the pages round it that nobody may touch. */
struct Extent {
    std::uintptr_t at;
    std::size_t bytes;
    std::uintptr_t outerAt;
    std::size_t outerBytes;
};

#ifdef BITLIFT_CHECKED
/** 0: no checks, 1: the checked build, 2: AddressSanitizer. */
inline constexpr int kind = 1;
#elif defined(BITLIFT_ASAN)
inline constexpr int kind = 2;
#else
inline constexpr int kind = 0;
#endif
/** Whether divergence is looked for. */
inline constexpr bool on = kind == 1;

#if defined(BITLIFT_CHECKED) || defined(BITLIFT_ASAN)
/** Pinned memory counts as written, because the host writes there unseen. */
void allocated(const Extent& extent, bool pinned);
void releasing(const Extent& extent);
/** By the host, or by a fill. */
void written(const void* at, std::size_t bytes);
/** From device memory to device memory: what was never written stays so. */
void copied(const void* to, const void* from, std::size_t bytes);
void begin_launch(const Launch& launch, const std::vector<unsigned>& blockOrder);
void begin_block(const void* dynamicShared, std::size_t bytes);
/** All blocks of a cooperative launch, whose dynamic shared memories lie one after the other. */
void begin_cooperative(const char* dynamicShared, std::size_t bytes, std::size_t stride, unsigned blocks);
void end_cooperative(const char* dynamicShared, std::size_t stride, unsigned blocks);
/** All blocks have passed the grid's barrier; after that, one of them runs on. */
void grid_barrier_passed();
void resume_block(const char* dynamicShared);
void barrier_passed();
void lanes_synchronised(unsigned warp, unsigned lanes);
void copy_asked(const AsyncCopy& copy);
void copy_done(const AsyncCopy& copy);
/** Before stacks are used again whose functions were left without returning. */
void abandoned(const void* at, std::size_t bytes);
#else
inline void abandoned(const void*, std::size_t) {}
inline void allocated(const Extent&, bool) {}
inline void releasing(const Extent&) {}
inline void written(const void*, std::size_t) {}
inline void copied(const void*, const void*, std::size_t) {}
inline void begin_launch(const Launch&, const std::vector<unsigned>&) {}
inline void begin_block(const void*, std::size_t) {}
inline void begin_cooperative(const char*, std::size_t, std::size_t, unsigned) {}
inline void end_cooperative(const char*, std::size_t, unsigned) {}
inline void grid_barrier_passed() {}
inline void resume_block(const char*) {}
inline void barrier_passed() {}
inline void lanes_synchronised(unsigned, unsigned) {}
inline void copy_asked(const AsyncCopy&) {}
inline void copy_done(const AsyncCopy&) {}
#endif

}  // namespace bitlift_emulator::checks
