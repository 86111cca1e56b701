#include "module.h"

#include <cctype>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "device.h"
#include "driver_call.h"
#include "kernels.h"

namespace bitlift_emulator {

namespace {

struct Module {
    Context* context;
    std::map<std::string, std::shared_ptr<Function>> functions;
};

Handles<Module> modules;
Handles<Function> functions;

void drop_functions(const Module& module) {
    for (const auto& [name, function] : module.functions) functions.remove(function.get());
}

enum JitOption : int { ErrorLogBuffer = 5, ErrorLogBytes = 6 };

enum FunctionAttribute : int {
    MaxThreadsPerBlock = 0,
    SharedBytes = 1,
    ConstBytes = 2,
    LocalBytes = 3,
    Registers = 4,
    PtxVersion = 5,
    BinaryVersion = 6,
    CacheModeCa = 7,
    MaxDynamicShared = 8,
    SharedCarveout = 9,
};

}  // namespace

unsigned Function::max_threads() const {
    return kernel->maxThreads == 0 ? static_cast<unsigned>(device::threads_per_block) : kernel->maxThreads;
}

std::shared_ptr<Function> function_of(CUfunction handle) { return functions.get(handle); }

std::size_t reclaim_modules(Context& context) {
    return modules.remove_if([&](const Module& module) {
        if (module.context != &context) return false;
        drop_functions(module);
        return true;
    });
}

std::size_t live_modules() { return modules.size(); }

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuModuleLoadData(CUmodule* module, const void* image) {
    return in_context([&](Context& context) {
        require(module != nullptr && image != nullptr);
        *module = modules.add(std::make_shared<Module>(Module{&context, {}}));
    });
}

// Text that can't be PTX is refused, as the driver's compiler does, with a line in the caller's log.
DRIVER_CALL cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned count, int* options, void** values) {
    const auto* text = static_cast<const char*>(image);
    if (text == nullptr || !std::isprint(static_cast<unsigned char>(*text)) || std::strstr(text, ".version") != nullptr)
        return cuModuleLoadData(module, image);
    char* log = nullptr;
    std::size_t bytes = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == ErrorLogBuffer) log = static_cast<char*>(values[i]);
        if (options[i] == ErrorLogBytes) bytes = reinterpret_cast<std::uintptr_t>(values[i]);
    }
    if (log != nullptr && bytes > 0) std::snprintf(log, bytes, "ptxas fatal   : no .version directive");
    return CUDA_ERROR_INVALID_PTX;
}

DRIVER_CALL cuModuleLoadFatBinary(CUmodule* module, const void* image) { return cuModuleLoadData(module, image); }

DRIVER_CALL cuModuleLoad(CUmodule* module, const char* path) {
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "rb");
    if (file == nullptr) return path == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_FILE_NOT_FOUND;
    std::fclose(file);
    return cuModuleLoadData(module, path);
}

DRIVER_CALL cuModuleUnload(CUmodule handle) {
    return after_init([&] {
        const auto module = modules.get(handle);
        drop_functions(*module);
        modules.remove(handle);
    });
}

DRIVER_CALL cuModuleGetFunction(CUfunction* handle, CUmodule moduleHandle, const char* name) {
    return in_context([&](Context&) {
        require(handle != nullptr && name != nullptr);
        auto& known = modules.get(moduleHandle)->functions[name];
        if (known == nullptr) {
            const Kernel* kernel = find_kernel(name);
            if (kernel == nullptr) modules.get(moduleHandle)->functions.erase(name);
            require(kernel != nullptr, CUDA_ERROR_NOT_FOUND);
            known = std::make_shared<Function>(Function{kernel, device::shared_per_block});
            functions.add(known);
        }
        *handle = known.get();
    });
}

DRIVER_CALL cuFuncGetAttribute(int* value, int attribute, CUfunction handle) {
    return in_context([&](Context&) {
        require(value != nullptr);
        const auto function = function_of(handle);
        switch (attribute) {
            case MaxThreadsPerBlock: *value = static_cast<int>(function->max_threads()); break;
            case SharedBytes: case ConstBytes: case LocalBytes: case Registers: case CacheModeCa: *value = 0; break;
            case PtxVersion: case BinaryVersion: *value = 80; break;
            case MaxDynamicShared: *value = function->mostDynamicShared; break;
            case SharedCarveout: *value = function->carveout; break;
            default: throw CUDA_ERROR_INVALID_VALUE;
        }
    });
}

DRIVER_CALL cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
    return in_context([&](Context&) {
        const auto function = function_of(handle);
        if (attribute == SharedCarveout) {
            require(value >= -1 && value <= 100);
            function->carveout = value;
            return;
        }
        require(attribute == MaxDynamicShared && value >= 0 && value <= device::shared_per_block_opt_in);
        function->mostDynamicShared = value;
    });
}

DRIVER_CALL cuFuncSetCacheConfig(CUfunction handle, int) {
    return in_context([&](Context&) { function_of(handle); });
}
