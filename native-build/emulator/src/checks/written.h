// Which bytes have been written since their memory began to exist.
#pragma once
#include "running.h"

namespace bitlift_emulator::checks {

/** The cell at a multiple of four; shared memory begins anew with every block. */
inline Cell& cell_of(const Region& region, std::uintptr_t at) {
    Cell& cell = region.cell(at);
    if (region.kind == Kind::Shared && cell.sharedRun != running.sharedRun) {
        cell = {};
        cell.sharedRun = running.sharedRun;
    }
    return cell;
}

/** Calls body(cell, its address, bytes that the range covers) for all cells of a range. */
template <class Body>
void each_cell(const Region& region, std::uintptr_t at, std::size_t bytes, Body body) {
    for (std::uintptr_t cellAt = at & ~std::uintptr_t{3}; cellAt < at + bytes; cellAt += 4)
        body(cell_of(region, cellAt), cellAt, bytes_of(cellAt, at, bytes));
}

/** Bytes of a cell that have been written, one bit each; all of pinned memory, which the host writes unseen. */
unsigned known_bytes(const Region& region, const Cell& cell);

/** Of `bytes`, those in `known` have been written and the others haven't. */
void set_known(const Region& region, Cell& cell, unsigned bytes, unsigned known);

/** A copy: what was never written stays so. */
void carry_known(std::uintptr_t to, std::uintptr_t from, std::size_t bytes);

}  // namespace bitlift_emulator::checks
