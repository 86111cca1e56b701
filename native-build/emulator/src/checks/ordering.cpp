#include "ordering.h"

#include <algorithm>
#include <cstring>

namespace bitlift_emulator::checks {

void Ordering::begin_block() {
    run++;
    phaseNow = 0;
    std::memset(warps, 0, sizeof(warps));
}

void Ordering::meet(unsigned warp, unsigned lanes) {
    WarpTime& of = warps[warp];
    of.time++;
    std::uint32_t joined[32] = {};
    for (unsigned left = lanes; left != 0; left &= left - 1)
        for (unsigned u = 0; u < 32; u++) joined[u] = std::max(joined[u], of.synchronised[__builtin_ctz(left)][u]);
    for (unsigned u = 0; u < 32; u++)
        if ((lanes >> u & 1u) != 0) joined[u] = of.time;
    for (unsigned left = lanes; left != 0; left &= left - 1) std::copy(joined, joined + 32, of.synchronised[__builtin_ctz(left)]);
}

bool Ordering::before(unsigned thread, std::uint32_t ofRun, std::uint32_t ofPhase, unsigned warp, unsigned lanes,
                      std::uint32_t time) const {
    if (ofRun != run) return ofRun < firstRun;
    if (ofPhase != phaseNow) return true;
    if (warp != thread / 32) return false;
    const unsigned lane = thread % 32;
    for (unsigned left = lanes & ~(1u << lane); left != 0; left &= left - 1)
        if (time >= warps[warp].synchronised[lane][__builtin_ctz(left)]) return false;
    return true;
}

}  // namespace bitlift_emulator::checks
