#include "shadow.h"

#include <new>

#include <sys/mman.h>

namespace bitlift_emulator::checks {

std::size_t Shadow::cell_bytes(const Extent& extent) { return (extent.bytes / 4 + 2) * sizeof(Cell); }

void Shadow::add(const Extent& extent, Kind kind, std::string name) {
    void* cells = mmap(nullptr, cell_bytes(extent), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (cells == MAP_FAILED) throw std::bad_alloc();
    regions[extent.outerAt] = {extent, kind, std::move(name), static_cast<Cell*>(cells)};
}

void Shadow::remove(std::uintptr_t at) {
    const Region* region = find(at);
    if (region == nullptr) return;
    for (auto& kept : recent) kept = nullptr;
    munmap(region->cells, cell_bytes(region->extent));
    regions.erase(region->extent.outerAt);
}

const Region* Shadow::find(std::uintptr_t at) {
    for (const Region* kept : recent)
        if (kept != nullptr && kept->surrounds(at)) return kept;
    auto after = regions.upper_bound(at);
    if (after == regions.begin()) return nullptr;
    const Region& region = (--after)->second;
    if (!region.surrounds(at)) return nullptr;
    recent[oldest++ % 4] = &region;
    return &region;
}

}  // namespace bitlift_emulator::checks
