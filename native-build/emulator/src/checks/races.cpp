#include "races.h"

#include "finding.h"

namespace bitlift_emulator::checks {

namespace {

unsigned first_lane(const Cell& cell) {
    const unsigned others = cell.readLanes & ~(cell.readWarp == self() / 32 ? 1u << self() % 32 : 0u);
    return cell.readWarp * 32u + static_cast<unsigned>(__builtin_ctz(others != 0 ? others : cell.readLanes));
}

bool readers_before(const Cell& cell) {
    if (cell.readRun < running.ordering.first_run()) return true;
    if (cell.readByBlocks) return false;
    if (cell.readRun == running.ordering.current_run() && cell.readPhase == running.ordering.phase() && cell.readByWarps) return false;
    return running.ordering.before(self(), cell.readRun, cell.readPhase, cell.readWarp, cell.readLanes, cell.readTime);
}

}  // namespace

void check_races(const Region& region, const Cell& cell, std::uintptr_t at, unsigned bytes, Access access) {
    if (cell.pendingRun == running.ordering.current_run())
        found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s before the asynchronous copy to it by thread number %u was waited for",
              name_of(access), place_of(region, at), cell.pendingThread);
    if ((cell.writeBytes & bytes) != 0 && !(access == Access::Atomic && cell.writeAtomic) &&
        !running.ordering.before(self(), cell.writeRun, cell.writePhase, cell.writeThread / 32u, 1u << cell.writeThread % 32, cell.writeTime))
        found_race(region, at, access, "write", cell.writeRun, cell.writeThread);
    if (access != Access::Read && (cell.readBytes & bytes) != 0 && !readers_before(cell))
        found_race(region, at, access, "read", cell.readRun, first_lane(cell));
}

void remember_read(Cell& cell, unsigned bytes) {
    const unsigned warp = self() / 32, lane = 1u << self() % 32;
    const bool thisLaunch = cell.readRun >= running.ordering.first_run(), thisRun = cell.readRun == running.ordering.current_run();
    const bool unordered = thisRun && cell.readPhase == running.ordering.phase() && !readers_before(cell);
    cell.readByBlocks = thisLaunch && (cell.readByBlocks || !thisRun);
    cell.readByWarps = thisRun && cell.readPhase == running.ordering.phase() && (cell.readByWarps || cell.readWarp != warp);
    cell.readLanes = unordered && cell.readWarp == warp ? cell.readLanes | lane : lane;
    cell.readBytes = static_cast<std::uint8_t>(thisLaunch ? cell.readBytes | bytes : bytes);
    cell.readWarp = static_cast<std::uint16_t>(warp);
    cell.readRun = running.ordering.current_run();
    cell.readPhase = running.ordering.phase();
    cell.readTime = running.ordering.time(warp);
}

void remember_write(Cell& cell, unsigned bytes, bool atomic) {
    const unsigned warp = self() / 32;
    cell.writeRun = running.ordering.current_run();
    cell.writePhase = running.ordering.phase();
    cell.writeTime = running.ordering.time(warp);
    cell.writeThread = static_cast<std::uint16_t>(self());
    cell.writeBytes = static_cast<std::uint8_t>(bytes);
    cell.writeAtomic = atomic;
}

}  // namespace bitlift_emulator::checks
