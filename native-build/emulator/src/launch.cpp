// cuLaunchKernel and its cooperative twin: check what a driver checks, copy the parameters, and leave the kernel to its stream.
#include <cstring>

#include "device.h"
#include "driver_call.h"
#include "grid.h"
#include "module.h"
#include "occupancy.h"
#include "stream.h"

using namespace bitlift_emulator;

namespace {

/** Where each parameter lies when all are packed with their natural alignment. */
std::vector<unsigned> packed_offsets(const Kernel& kernel, std::size_t& bytes) {
    std::vector<unsigned> offsets;
    bytes = 0;
    for (unsigned i = 0; i < kernel.parameterCount; i++) {
        const unsigned alignment = kernel.parameters[i].alignment;
        bytes = (bytes + alignment - 1) / alignment * alignment;
        offsets.push_back(static_cast<unsigned>(bytes));
        bytes += kernel.parameters[i].size;
    }
    return offsets;
}

/** The buffer and its size among launch options, which are pairs ended by a null. */
const void* packed_buffer(void** options, std::size_t& bytes) {
    const void* buffer = nullptr;
    bytes = 0;
    for (; *options != nullptr; options += 2) {
        const auto option = reinterpret_cast<std::uintptr_t>(options[0]);
        require(option == 1 || option == 2);
        if (option == 1) buffer = options[1];
        if (option == 2) bytes = *static_cast<const std::size_t*>(options[1]);
    }
    return buffer;
}

void copy_arguments(Launch& launch, void** parameters, void** options) {
    const Kernel& kernel = *launch.kernel;
    std::size_t needed = 0;
    launch.offsets = packed_offsets(kernel, needed);
    launch.arguments.resize(needed);
    if (needed == 0) return;
    require((parameters == nullptr) != (options == nullptr));
    if (options != nullptr) {
        std::size_t given = 0;
        const void* buffer = packed_buffer(options, given);
        require(buffer != nullptr && given >= needed);
        std::memcpy(launch.arguments.data(), buffer, needed);
        return;
    }
    for (unsigned i = 0; i < kernel.parameterCount; i++) {
        require(parameters[i] != nullptr);
        std::memcpy(launch.arguments.data() + launch.offsets[i], parameters[i], kernel.parameters[i].size);
    }
}

bool fits(const Index3& size, unsigned x, unsigned y, unsigned z) {
    return size.x >= 1 && size.y >= 1 && size.z >= 1 && size.x <= x && size.y <= y && size.z <= z;
}

void check_shape(const Function& function, const Launch& launch) {
    const Index3 &grid = launch.grid, &block = launch.block;
    require(fits(grid, 2147483647u, 65535, 65535) && fits(block, 1024, 1024, 64));
    require(static_cast<unsigned long long>(grid.x) * grid.y * grid.z <= 2147483647ull);
    require(block.x * block.y * block.z <= static_cast<unsigned>(device::threads_per_block));
    require(block.x * block.y * block.z <= function.max_threads(), CUDA_ERROR_INVALID_VALUE);
    require(launch.dynamicShared <= static_cast<unsigned>(function.mostDynamicShared));
}

/** All blocks of a cooperative launch must be there at once. */
void check_residency(const Function& function, const Launch& launch) {
    const int threads = static_cast<int>(launch.block.x * launch.block.y * launch.block.z);
    const unsigned long long most = static_cast<unsigned long long>(device::multiprocessors) *
                                    blocks_per_multiprocessor(function, threads, launch.dynamicShared);
    require(static_cast<unsigned long long>(launch.grid.x) * launch.grid.y * launch.grid.z <= most,
            CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
}

CUresult launch_kernel(CUfunction handle, Index3 grid, Index3 blockSize, unsigned dynamicShared, CUstream stream, void** parameters,
                       void** options, bool cooperative) {
    return in_context([&](Context& context) {
        const auto queue = stream_of(context, stream);
        const auto function = function_of(handle);
        if (!execution && queue->capture == nullptr) return;
        auto launch = std::make_shared<Launch>();
        launch->kernel = function->kernel;
        launch->grid = grid;
        launch->block = blockSize;
        launch->dynamicShared = dynamicShared;
        launch->cooperative = cooperative;
        check_shape(*function, *launch);
        if (cooperative) check_residency(*function, *launch);
        copy_arguments(*launch, parameters, options);
        enqueue(queue, [launch, &context] { context.failure = run_grid(*launch); });
    });
}

}  // namespace

DRIVER_CALL cuLaunchKernel(CUfunction handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                           unsigned blockZ, unsigned dynamicShared, CUstream stream, void** parameters, void** options) {
    return launch_kernel(handle, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicShared, stream, parameters, options, false);
}

DRIVER_CALL cuLaunchCooperativeKernel(CUfunction handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                      unsigned blockY, unsigned blockZ, unsigned dynamicShared, CUstream stream, void** parameters) {
    return launch_kernel(handle, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicShared, stream, parameters, nullptr, true);
}
