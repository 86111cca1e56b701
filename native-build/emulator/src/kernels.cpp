#include "kernels.h"

#include <iterator>
#include <map>
#include <mutex>

namespace bitlift_emulator {

namespace {
struct Known {
    const Kernel* kernel = nullptr;
    std::size_t runs = 0;
};
// Made at first use: kernel libraries register while they are being loaded, in no order we could rely on.
std::mutex& lock() {
    static std::mutex mutex;
    return mutex;
}
std::map<std::string, Known>& registry() {
    static std::map<std::string, Known> kernels;
    return kernels;
}
}  // namespace

const Kernel* find_kernel(const std::string& name) {
    const std::lock_guard<std::mutex> locked(lock());
    const auto found = registry().find(name);
    return found == registry().end() ? nullptr : found->second.kernel;
}

void count_run(const Kernel& kernel) {
    const std::lock_guard<std::mutex> locked(lock());
    registry()[kernel.name].runs++;
}

KernelRuns kernel_runs(std::size_t index) {
    const std::lock_guard<std::mutex> locked(lock());
    if (index >= registry().size()) return {nullptr, 0};
    const auto& [name, known] = *std::next(registry().begin(), static_cast<std::ptrdiff_t>(index));
    return {name.c_str(), known.runs};
}

std::size_t launches_run() {
    const std::lock_guard<std::mutex> locked(lock());
    std::size_t all = 0;
    for (const auto& [name, known] : registry()) all += known.runs;
    return all;
}

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_register(const Kernel* kernel) {
    const std::lock_guard<std::mutex> locked(lock());
    registry()[kernel->name].kernel = kernel;
}

}  // namespace bitlift_emulator
