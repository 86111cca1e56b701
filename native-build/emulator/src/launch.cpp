// cuLaunchKernel: checks what a driver checks, copies the parameters, and leaves the kernel to its stream.
#include <cstring>

#include "device.h"
#include "driver_call.h"
#include "grid.h"
#include "module.h"
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

}  // namespace

DRIVER_CALL cuLaunchKernel(CUfunction handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                           unsigned blockZ, unsigned dynamicShared, CUstream stream, void** parameters, void** options) {
    return in_context([&](Context& context) {
        const auto queue = stream_of(context, stream);
        const auto function = function_of(handle);
        if (!execution && queue->capture == nullptr) return;
        auto launch = std::make_shared<Launch>();
        launch->kernel = function->kernel;
        launch->grid = {gridX, gridY, gridZ};
        launch->block = {blockX, blockY, blockZ};
        launch->dynamicShared = dynamicShared;
        check_shape(*function, *launch);
        copy_arguments(*launch, parameters, options);
        enqueue(queue, [launch, &context] { context.failure = run_grid(*launch); });
    });
}

DRIVER_CALL cuLaunchCooperativeKernel(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CUstream, void**) {
    return CUDA_ERROR_NOT_SUPPORTED;  // blocks run one after the other, so none can wait for another
}
