// Accesses to the same bytes that nothing orders.
#pragma once
#include "access.h"
#include "running.h"

namespace bitlift_emulator::checks {

/** Ends the launch where the access to a cell's bytes races with an earlier one. */
void check_races(const Region& region, const Cell& cell, std::uintptr_t at, unsigned bytes, Access access);

/** Remembers who it was, and when. */
void remember_read(Cell& cell, unsigned bytes);
void remember_write(Cell& cell, unsigned bytes, bool atomic);

}  // namespace bitlift_emulator::checks
