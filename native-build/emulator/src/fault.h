// Turns a kernel's illegal memory access or integer division by zero into an error of its launch.
#pragma once

namespace bitlift_emulator {

/** While one lives, such faults of this host thread end the launch; those of all others go where they went before. */
class FaultGuard {
public:
    FaultGuard();
    ~FaultGuard();
    FaultGuard(const FaultGuard&) = delete;
    FaultGuard& operator=(const FaultGuard&) = delete;
};

}  // namespace bitlift_emulator
