// How many blocks of a function a multiprocessor holds.
#pragma once
#include <cstddef>

#include "module.h"

namespace bitlift_emulator {

int blocks_per_multiprocessor(const Function& function, int blockSize, std::size_t dynamicShared);

}  // namespace bitlift_emulator
