// Modules and their functions. The image is not looked into: every kernel that is loaded is in every module.
#pragma once
#include <memory>

#include "../include/device_abi.h"
#include "driver_types.h"

namespace bitlift_emulator {

struct Context;

struct Function {
    const Kernel* kernel;
    int mostDynamicShared;
    int carveout = -1;
    unsigned max_threads() const;
};

std::shared_ptr<Function> function_of(CUfunction handle);
std::size_t reclaim_modules(Context& context);
std::size_t live_modules();

}  // namespace bitlift_emulator
