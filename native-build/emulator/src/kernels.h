// The host-compiled kernels that have announced themselves.
#pragma once
#include <string>

#include "../include/device_abi.h"

namespace bitlift_emulator {

/** The kernel of that name, or null. Of two with one name the later loaded counts. */
const Kernel* find_kernel(const std::string& name);

}  // namespace bitlift_emulator
