// Which accesses of a block's threads are ordered: by the barrier for all of them, by __syncwarp for lanes of a warp.
#pragma once
#include <cstdint>

namespace bitlift_emulator::checks {

/**
 * Runs of blocks are numbered through the life of the process. Barriers divide a run into phases. Within a phase, each warp
 * counts its __syncwarps: `synchronised[t][u]` is that count when lane t last met lane u, directly or through others, so
 * what u did before is ordered before what t does now, and nothing later is.
 */
class Ordering {
public:
    void begin_launch() { firstRun = run + 1; }
    void begin_block();
    void barrier() { phaseNow++; }
    void meet(unsigned warp, unsigned lanes);

    std::uint32_t current_run() const { return run; }
    std::uint32_t first_run() const { return firstRun; }
    std::uint32_t phase() const { return phaseNow; }
    std::uint32_t time(unsigned warp) const { return warps[warp].time; }

    /** Whether all that `lanes` of the warp did at that time, run and phase is ordered before the thread's next step. */
    bool before(unsigned thread, std::uint32_t ofRun, std::uint32_t ofPhase, unsigned warp, unsigned lanes, std::uint32_t time) const;

private:
    struct WarpTime {
        std::uint32_t time;
        std::uint32_t synchronised[32][32];
    };
    std::uint32_t run = 0, firstRun = 1, phaseNow = 0;
    WarpTime warps[32];
};

}  // namespace bitlift_emulator::checks
