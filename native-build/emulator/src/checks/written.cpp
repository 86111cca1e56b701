#include "written.h"

namespace bitlift_emulator::checks {

unsigned known_bytes(const Region& region, const Cell& cell) {
    if (region.kind == Kind::Pinned) return 0xf;
    return cell.known;
}

void set_known(const Region& region, Cell& cell, unsigned bytes, unsigned known) {
    cell.known = static_cast<std::uint8_t>((known_bytes(region, cell) & ~bytes) | known);
}

void carry_known(std::uintptr_t to, std::uintptr_t from, std::size_t bytes) {
    const Region* const target = shadow().find(to);
    const Region* const source = shadow().find(from);
    if (target == nullptr || source == nullptr || !target->holds(to, bytes) || !source->holds(from, bytes)) return;
    for (std::size_t i = 0; i < bytes; i++) {
        const bool known = known_bytes(*source, cell_of(*source, from + i)) >> (from + i) % 4 & 1u;
        set_known(*target, cell_of(*target, to + i), 1u << (to + i) % 4, known ? 1u << (to + i) % 4 : 0u);
    }
}

}  // namespace bitlift_emulator::checks
