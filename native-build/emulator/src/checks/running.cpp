#include "running.h"

namespace bitlift_emulator::checks {

Running running;

Shadow& shadow() {
    static Shadow shadow;
    return shadow;
}

}  // namespace bitlift_emulator::checks
