#include "access.h"

#include <algorithm>

#include "bounds.h"
#include "finding.h"
#include "races.h"
#include "written.h"

namespace bitlift_emulator::checks {

namespace {

bool recording() { return bitlift_emulator_place != nullptr; }

/** Where the last read of a whole struct was, for the write that stores it. */
struct Whole {
    std::uintptr_t at = 0;
    std::size_t bytes = 0;
    unsigned thread = 0;
    Access access = Access::Read;
} half;

void write(const Region& region, Cell& cell, unsigned bytes, bool atomic) {
    remember_write(cell, bytes, atomic);
    set_known(region, cell, bytes, bytes);
}

}  // namespace

void look_at(std::uintptr_t at, std::size_t bytes, Access access) {
    if (!recording()) return;
    half.bytes = 0;
    const Region* const region = region_of(at, bytes, access);
    if (region == nullptr) return;
    each_cell(*region, at, bytes, [&](Cell& cell, std::uintptr_t cellAt, unsigned covered) {
        check_races(*region, cell, std::max(at, cellAt), covered, access);
        if (access != Access::Write && (known_bytes(*region, cell) & covered) != covered)
            found(CUDA_ERROR_LAUNCH_FAILED, "uninitialised: %s of %s, which nobody has written", name_of(access),
                  place_of(*region, std::max(at, cellAt)));
        if (access == Access::Read) remember_read(cell, covered);
        else write(*region, cell, covered, access == Access::Atomic);
    });
}

void look_at_whole(std::uintptr_t at, std::size_t bytes, Access access) {
    if (!recording()) return;
    const Whole before = half;
    half = {at, bytes, self(), access};
    const Region* const region = region_of(at, bytes, access);
    if (region == nullptr) return;
    bool known = access == Access::Write;
    each_cell(*region, at, bytes, [&](Cell& cell, std::uintptr_t cellAt, unsigned covered) {
        check_races(*region, cell, std::max(at, cellAt), covered, access);
        known |= (known_bytes(*region, cell) & covered) != 0;
        if (access == Access::Read) remember_read(cell, covered);
        else write(*region, cell, covered, false);
    });
    if (!known) found(CUDA_ERROR_LAUNCH_FAILED, "uninitialised: read of %s, which nobody has written", place_of(*region, at));
    if (before.bytes != bytes || before.thread != self() || before.access == access) return;
    if (access == Access::Write) carry_known(at, before.at, bytes);
    else carry_known(before.at, at, bytes);
}

void forget_whole() { half = {}; }

}  // namespace bitlift_emulator::checks
