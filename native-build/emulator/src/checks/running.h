// What all checks share: the launch that runs, and what is remembered of memory and of synchronisation.
#pragma once
#include <vector>

#include "../block.h"
#include "ordering.h"
#include "shadow.h"

namespace bitlift_emulator::checks {

struct Running {
    const Launch* launch = nullptr;
    std::vector<unsigned> order;  // of its blocks
    Ordering ordering;
    std::uint32_t sharedRun = 0;          // the run in which the block began, and with it its shared memory
    const char* ownShared = nullptr;      // of a cooperative launch's running block
};
extern Running running;

/** Made at first use: libraries announce shared variables, and kernels allocate, in no order we could rely on. */
Shadow& shadow();

/** The running thread's number in its block. */
inline unsigned self() { return block.current().place.linear; }

}  // namespace bitlift_emulator::checks
