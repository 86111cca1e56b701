// Runs a kernel's threads on the host, warp by warp, the lanes of a warp as coroutines that meet in shuffles.
#pragma once

#include <functional>

#include "cuda_shim.h"

namespace host {

// Runs kernel() once for each thread of the grid; blocks are multiples of 32 threads, or smaller for kernels without shuffles.
// Throws std::runtime_error if the lanes of a warp don't meet in the same shuffles.
void launch(dim3 grid, unsigned block, const std::function<void()>& kernel);

}  // namespace host
