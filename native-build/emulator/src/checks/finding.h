// What was found, in words; every finding ends its launch.
#pragma once
#include "access.h"
#include "running.h"

namespace bitlift_emulator::checks {

[[noreturn]] void found(CUresult error, const char* format, ...) __attribute__((format(printf, 2, 3)));

/** An access that is in no order with an earlier one, of which run and thread are known. */
[[noreturn]] void found_race(const Region& region, std::uintptr_t at, Access access, const char* earlier, std::uint32_t run,
                             unsigned thread);

const char* name_of(Access access);

/** "byte 12 of shared tile (64 bytes)"; the text is overwritten by the next call. */
const char* place_of(const Region& region, std::uintptr_t at);

}  // namespace bitlift_emulator::checks
