// Which memory an access is to.
#pragma once
#include "access.h"
#include "running.h"

namespace bitlift_emulator::checks {

/** The region of an access that is to be looked at; null for the thread's own variables and constants. */
const Region* region_of(std::uintptr_t at, std::size_t bytes, Access access);

/** Finds out where the constants of the launch's kernel are. */
void find_image();

}  // namespace bitlift_emulator::checks
