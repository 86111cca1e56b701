// The memory that kernels may touch, and what is remembered of every four bytes of it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "../checks.h"

namespace bitlift_emulator::checks {

/** What is known of four bytes at a multiple of four. Runs start at 1, so that zeroes mean: never. */
struct Cell {
    std::uint32_t writeRun, writePhase, writeTime;
    std::uint32_t readRun, readPhase, readTime, readLanes;
    std::uint32_t sharedRun;      // of shared memory: the run that all this is about
    std::uint32_t pendingRun;     // where an asynchronous copy is under way
    std::uint16_t writeThread, readWarp, pendingThread;
    std::uint8_t known;           // bytes that have been written, one bit each
    std::uint8_t writeBytes, readBytes;
    bool writeAtomic, readByWarps, readByBlocks;
};

enum class Kind { Device, Pinned, Shared };

struct Region {
    Extent extent;
    Kind kind;
    std::string name;
    Cell* cells;

    bool holds(std::uintptr_t at, std::size_t size) const { return at >= extent.at && at + size <= extent.at + extent.bytes; }
    bool surrounds(std::uintptr_t at) const { return at >= extent.outerAt && at < extent.outerAt + extent.outerBytes; }
    Cell& cell(std::uintptr_t at) const { return cells[(at - (extent.at & ~std::uintptr_t{3})) / 4]; }
};

class Shadow {
public:
    void add(const Extent& extent, Kind kind, std::string name);
    void remove(std::uintptr_t at);
    /** The region at or round the address; null if there is none. */
    const Region* find(std::uintptr_t at);

private:
    static std::size_t cell_bytes(const Extent& extent);

    std::map<std::uintptr_t, Region> regions;  // by outer address
    const Region* recent[4] = {};
    unsigned oldest = 0;
};

/** Bytes of the cell at `cellAt` that the range covers, one bit each. */
inline unsigned bytes_of(std::uintptr_t cellAt, std::uintptr_t at, std::size_t size) {
    const std::uintptr_t low = at > cellAt ? at - cellAt : 0;
    const std::uintptr_t high = at + size < cellAt + 4 ? at + size - cellAt : 4;
    return ((1u << high) - 1) & ~((1u << low) - 1);
}

}  // namespace bitlift_emulator::checks
