// What the emulator tells of memory, copies and synchronisation.
#include "../checks.h"
#include "access.h"
#include "bounds.h"
#include "races.h"
#include "written.h"

namespace bitlift_emulator::checks {

void allocated(const Extent& extent, bool pinned) {
    shadow().add(extent, pinned ? Kind::Pinned : Kind::Device, pinned ? "pinned memory" : "device memory");
}

void releasing(const Extent& extent) { shadow().remove(extent.at); }

void written(const void* to, std::size_t bytes) {
    const auto at = reinterpret_cast<std::uintptr_t>(to);
    const Region* const region = shadow().find(at);
    if (region == nullptr || !region->holds(at, bytes)) return;
    each_cell(*region, at, bytes, [](Cell& cell, std::uintptr_t, unsigned covered) { cell.known |= static_cast<std::uint8_t>(covered); });
}

void copied(const void* to, const void* from, std::size_t bytes) {
    carry_known(reinterpret_cast<std::uintptr_t>(to), reinterpret_cast<std::uintptr_t>(from), bytes);
}

void begin_launch(const Launch& launch, const std::vector<unsigned>& blockOrder) {
    running.launch = &launch;
    running.order = blockOrder;
    running.ordering.begin_launch();
    find_image();
}

void begin_block(const void* dynamicShared, std::size_t bytes) {
    static std::size_t known = 0;
    running.ordering.begin_block();
    running.sharedRun = running.ordering.current_run();
    forget_whole();
    const auto at = reinterpret_cast<std::uintptr_t>(dynamicShared);
    if (known != bytes) {
        shadow().remove(at);
        shadow().add({at, bytes, at, most_shared}, Kind::Shared, "dynamic shared memory");
    }
    known = bytes;
}

// What all blocks did before a barrier of the grid is ordered before what they do next, as one launch is before another.
void begin_cooperative(const char* dynamicShared, std::size_t bytes, std::size_t stride, unsigned blocks) {
    running.sharedRun = running.ordering.current_run() + 1;
    for (unsigned i = 0; i < blocks; i++) {
        const auto at = reinterpret_cast<std::uintptr_t>(dynamicShared) + stride * i;
        shadow().add({at, bytes, at, stride}, Kind::Shared, "dynamic shared memory");
    }
}

void end_cooperative(const char* dynamicShared, std::size_t stride, unsigned blocks) {
    for (unsigned i = 0; i < blocks; i++) shadow().remove(reinterpret_cast<std::uintptr_t>(dynamicShared) + stride * i);
}

void grid_barrier_passed() { running.ordering.begin_launch(); }

void resume_block(const char* dynamicShared) {
    running.ordering.begin_block();
    running.ownShared = dynamicShared;
    forget_whole();
}

void abandoned(const void*, std::size_t) {}

void barrier_passed() { running.ordering.barrier(); }

void lanes_synchronised(unsigned warp, unsigned lanes) { running.ordering.meet(warp, lanes); }

void copy_asked(const AsyncCopy& copy) {
    if (copy.size > copy.zeroes) look_at_whole(reinterpret_cast<std::uintptr_t>(copy.from), copy.size - copy.zeroes, Access::Read);
    const auto at = reinterpret_cast<std::uintptr_t>(copy.to);
    look_at(at, copy.size, Access::Write);
    const Region* const region = region_of(at, copy.size, Access::Write);
    if (region == nullptr) return;
    each_cell(*region, at, copy.size, [&](Cell& cell, std::uintptr_t, unsigned) {
        cell.pendingRun = running.ordering.current_run();
        cell.pendingThread = static_cast<std::uint16_t>(self());
    });
}

void copy_done(const AsyncCopy& copy) {
    const auto at = reinterpret_cast<std::uintptr_t>(copy.to);
    const Region* const region = shadow().find(at);
    if (region == nullptr) return;
    each_cell(*region, at, copy.size, [&](Cell& cell, std::uintptr_t, unsigned covered) {
        cell.pendingRun = 0;
        remember_write(cell, covered, false);
        set_known(*region, cell, covered, covered);
    });
    carry_known(at, reinterpret_cast<std::uintptr_t>(copy.from), copy.size - copy.zeroes);
}

}  // namespace bitlift_emulator::checks

using namespace bitlift_emulator;

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_shared(const char* name, void* at, std::size_t bytes,
                                                                              std::size_t guard) {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    checks::shadow().add({address, bytes, address - guard, bytes + 2 * guard}, checks::Kind::Shared, std::string("shared ") + name);
}

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_atomic(void* at, std::size_t bytes) {
    checks::look_at(reinterpret_cast<std::uintptr_t>(at), bytes, checks::Access::Atomic);
}
