#include "kernels.h"

#include <mutex>
#include <unordered_map>

namespace bitlift_emulator {

namespace {
// Made at first use: kernel libraries register while they are being loaded, in no order we could rely on.
std::mutex& lock() {
    static std::mutex mutex;
    return mutex;
}
std::unordered_map<std::string, const Kernel*>& registry() {
    static std::unordered_map<std::string, const Kernel*> kernels;
    return kernels;
}
}  // namespace

const Kernel* find_kernel(const std::string& name) {
    const std::lock_guard<std::mutex> locked(lock());
    const auto found = registry().find(name);
    return found == registry().end() ? nullptr : found->second;
}

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_register(const Kernel* kernel) {
    const std::lock_guard<std::mutex> locked(lock());
    registry()[kernel->name] = kernel;
}

}  // namespace bitlift_emulator
