#include "context.h"

#include <vector>

#include "driver_call.h"
#include "graph.h"
#include "memory.h"
#include "module.h"
#include "stream.h"

namespace bitlift_emulator {

std::mutex driver_lock;
bool initialised = false;
std::size_t reclaimed_objects = 0;

namespace {

Handles<Context> contexts;
std::shared_ptr<Context> primary;
unsigned primaryRetained = 0, primaryFlags = 0;
thread_local std::vector<std::shared_ptr<Context>> currentStack;

std::shared_ptr<Context> open_context(unsigned flags) {
    auto context = std::make_shared<Context>();
    context->flags = flags;
    context->defaultStream = make_default_stream(*context);
    contexts.add(context);
    return context;
}

void close_context(const std::shared_ptr<Context>& context) {
    finish_all(*context);
    reclaimed_objects += reclaim_graphs(*context) + reclaim_streams(*context) + reclaim_modules(*context) + reclaim_memory(*context);
    context->destroyed = true;
    contexts.remove(context.get());
}

void close_primary() {
    if (primary != nullptr) close_context(primary);
    primary = nullptr;
    primaryRetained = 0;
}

void set_current(const std::shared_ptr<Context>& context) {
    if (!currentStack.empty()) currentStack.pop_back();
    if (context != nullptr) currentStack.push_back(context);
}

void require_device(CUdevice device) { require(device == 0, CUDA_ERROR_INVALID_DEVICE); }

}  // namespace

Context& current_context() {
    require(!currentStack.empty(), CUDA_ERROR_INVALID_CONTEXT);
    require(!currentStack.back()->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
    return *currentStack.back();
}

std::size_t live_contexts() { return contexts.size(); }

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuInit(unsigned flags) {
    return before_init([&] {
        require(flags == 0);
        initialised = true;
    });
}

DRIVER_CALL cuCtxCreate_v2(CUcontext* context, unsigned flags, CUdevice device) {
    return after_init([&] {
        require(context != nullptr);
        require_device(device);
        currentStack.push_back(open_context(flags));
        *context = currentStack.back().get();
    });
}

DRIVER_CALL cuCtxDestroy_v2(CUcontext handle) {
    return after_init([&] {
        const auto context = contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT);
        require(context != primary, CUDA_ERROR_INVALID_CONTEXT);
        close_context(context);
        if (!currentStack.empty() && currentStack.back() == context) currentStack.pop_back();
    });
}

DRIVER_CALL cuCtxSetCurrent(CUcontext handle) {
    return after_init([&] { set_current(handle == nullptr ? nullptr : contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT)); });
}

DRIVER_CALL cuCtxGetCurrent(CUcontext* handle) {
    return after_init([&] {
        require(handle != nullptr);
        *handle = currentStack.empty() ? nullptr : currentStack.back().get();
    });
}

DRIVER_CALL cuCtxPushCurrent_v2(CUcontext handle) {
    return after_init([&] { currentStack.push_back(contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT)); });
}

DRIVER_CALL cuCtxPopCurrent_v2(CUcontext* handle) {
    return after_init([&] {
        require(!currentStack.empty(), CUDA_ERROR_INVALID_CONTEXT);
        if (handle != nullptr) *handle = currentStack.back().get();
        currentStack.pop_back();
    });
}

DRIVER_CALL cuCtxGetDevice(CUdevice* device) {
    return in_context([&](Context&) {
        require(device != nullptr);
        *device = 0;
    });
}

DRIVER_CALL cuCtxGetFlags(unsigned* flags) {
    return in_context([&](Context& context) {
        require(flags != nullptr);
        *flags = context.flags;
    });
}

DRIVER_CALL cuCtxGetApiVersion(CUcontext handle, unsigned* version) {
    return after_init([&] {
        require(version != nullptr);
        if (handle != nullptr) contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT);
        *version = 3020;
    });
}

DRIVER_CALL cuCtxSynchronize() {
    return in_context([&](Context& context) {
        refuse_while_capturing();
        finish_all(context);
    });
}

DRIVER_CALL cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    return in_context([&](Context&) {
        if (least != nullptr) *least = 0;
        if (greatest != nullptr) *greatest = 0;
    });
}

DRIVER_CALL cuDevicePrimaryCtxRetain(CUcontext* handle, CUdevice device) {
    return after_init([&] {
        require(handle != nullptr);
        require_device(device);
        if (primary == nullptr) primary = open_context(primaryFlags);
        primaryRetained++;
        *handle = primary.get();
    });
}

DRIVER_CALL cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    return after_init([&] {
        require_device(device);
        require(primaryRetained > 0, CUDA_ERROR_INVALID_CONTEXT);
        if (--primaryRetained == 0) close_primary();
    });
}

DRIVER_CALL cuDevicePrimaryCtxReset_v2(CUdevice device) {
    return after_init([&] {
        require_device(device);
        close_primary();
    });
}

DRIVER_CALL cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
    return after_init([&] {
        require_device(device);
        primaryFlags = flags;
        if (primary != nullptr) primary->flags = flags;
    });
}

DRIVER_CALL cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
    return after_init([&] {
        require_device(device);
        require(flags != nullptr && active != nullptr);
        *flags = primaryFlags;
        *active = primary != nullptr;
    });
}
