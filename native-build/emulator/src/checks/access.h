// One access of the running thread to memory, looked at before it happens.
#pragma once
#include <cstddef>
#include <cstdint>

namespace bitlift_emulator::checks {

enum class Access { Read, Write, Atomic };

/** Ends the launch where the access is wrong; remembers it otherwise. */
void look_at(std::uintptr_t at, std::size_t bytes, Access access);

/** A struct that is copied as a whole carries its unwritten bytes along; only one that was never written is an error. */
void look_at_whole(std::uintptr_t at, std::size_t bytes, Access access);

/** Before the first access of another block. */
void forget_whole();

}  // namespace bitlift_emulator::checks
