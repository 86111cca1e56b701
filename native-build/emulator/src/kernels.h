// The host-compiled kernels that have announced themselves, and how often each has run.
#pragma once
#include <cstddef>
#include <string>

#include "../include/device_abi.h"

namespace bitlift_emulator {

/** The kernel of that name, or null. Of two with one name the later loaded counts. */
const Kernel* find_kernel(const std::string& name);

/** Notes that a kernel starts. */
void count_run(const Kernel& kernel);

struct KernelRuns {
    const char* name;
    std::size_t runs;
};
/** A kernel, by its place in the order of names, and how often it has started; a null name past the last one. */
KernelRuns kernel_runs(std::size_t index);

/** Kernels started since the process began. */
std::size_t launches_run();

}  // namespace bitlift_emulator
