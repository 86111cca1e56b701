#include "device.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "driver_call.h"

using namespace bitlift_emulator;

namespace {

constexpr const char* name = "Emulated CUDA device (bitlift, host threads)";

// CUdevice_attribute, value. Attributes of features that the emulator lacks are 0, as is every one not listed.
constexpr std::pair<int, int> attributes[] = {
    {1, device::threads_per_block},
    {2, 1024}, {3, 1024}, {4, 64},                 // largest block: x, y, z
    {5, 2147483647}, {6, 65535}, {7, 65535},       // largest grid: x, y, z
    {8, device::shared_per_block},
    {9, 65536},                                    // constant memory
    {10, 32},                                      // warp
    {12, device::registers},
    {13, 1000000},                                 // clock, kHz
    {16, device::multiprocessors},
    {31, 1},                                       // concurrent kernels
    {36, 1000000},                                 // memory clock, kHz
    {37, 64},                                      // memory bus, bits
    {38, 4 << 20},                                 // second-level cache
    {39, device::threads_per_multiprocessor},
    {40, 1},                                       // asynchronous copy engines
    {41, 1},                                       // unified addressing
    {75, 8}, {76, 0},                              // compute capability
    {81, device::shared_per_multiprocessor},
    {82, device::registers},
    {95, 1},                                       // cooperative launches
    {97, device::shared_per_block_opt_in},
    {106, device::blocks_per_multiprocessor},
    {111, device::reserved_shared_per_block},
};

std::size_t memory_from_environment() {
    const char* text = std::getenv("BITLIFT_EMULATOR_MEMORY");
    if (text == nullptr) return std::size_t{2} << 30;
    char* end = nullptr;
    const unsigned long long bytes = std::strtoull(text, &end, 10);
    if (bytes > 0 && *end == '\0') return bytes;
    std::fprintf(stderr, "bitlift emulator: BITLIFT_EMULATOR_MEMORY is '%s'; expected a number of bytes\n", text);
    std::abort();
}

template <class Body>
CUresult of_device(CUdevice number, Body body) {
    return after_init([&] {
        require(number == 0, CUDA_ERROR_INVALID_DEVICE);
        body();
    });
}

}  // namespace

std::size_t device::memory_bytes() {
    static const std::size_t bytes = memory_from_environment();
    return bytes;
}

DRIVER_CALL cuDriverGetVersion(int* version) {
    return before_init([&] {
        require(version != nullptr);
        *version = 12060;
    });
}

DRIVER_CALL cuDeviceGetCount(int* count) {
    return after_init([&] {
        require(count != nullptr);
        *count = 1;
    });
}

DRIVER_CALL cuDeviceGet(CUdevice* number, int ordinal) {
    return of_device(ordinal, [&] {
        require(number != nullptr);
        *number = 0;
    });
}

DRIVER_CALL cuDeviceGetName(char* text, int length, CUdevice number) {
    return of_device(number, [&] {
        require(text != nullptr && length > 0);
        std::snprintf(text, static_cast<std::size_t>(length), "%s", name);
    });
}

DRIVER_CALL cuDeviceTotalMem_v2(std::size_t* bytes, CUdevice number) {
    return of_device(number, [&] {
        require(bytes != nullptr);
        *bytes = device::memory_bytes();
    });
}

DRIVER_CALL cuDeviceGetAttribute(int* value, int attribute, CUdevice number) {
    return of_device(number, [&] {
        require(value != nullptr && attribute > 0);
        *value = 0;
        for (const auto& [key, known] : attributes)
            if (key == attribute) *value = known;
    });
}

DRIVER_CALL cuDeviceComputeCapability(int* major, int* minor, CUdevice number) {
    return of_device(number, [&] {
        require(major != nullptr && minor != nullptr);
        *major = 8;
        *minor = 0;
    });
}
