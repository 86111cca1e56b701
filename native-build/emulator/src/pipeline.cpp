// Asynchronous copies of a thread, carried out when their batch is waited for. Those never waited for never happen.
#include <cstring>

#include "block.h"

namespace bitlift_emulator {

extern "C" {
#define DEVICE_CALL __attribute__((visibility("default")))

DEVICE_CALL void bitlift_emulator_copy_async(void* to, const void* from, std::size_t size, std::size_t zeroes) {
    if (size != 4 && size != 8 && size != 16) block.fail(CUDA_ERROR_LAUNCH_FAILED, "an asynchronous copy moves 4, 8 or 16 bytes");
    if (zeroes > size) block.fail(CUDA_ERROR_LAUNCH_FAILED, "an asynchronous copy zeroes more bytes than it has");
    if ((reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from)) % size != 0)
        block.fail(CUDA_ERROR_MISALIGNED_ADDRESS, "an asynchronous copy's addresses are multiples of its size");
    block.current().copies.push_back({static_cast<char*>(to), static_cast<const char*>(from), size, zeroes});
}

DEVICE_CALL void bitlift_emulator_copy_commit() {
    Thread& thread = block.current();
    thread.batches.push_back(std::move(thread.copies));
    thread.copies.clear();
}

DEVICE_CALL void bitlift_emulator_copy_wait(std::size_t batchesLeft) {
    auto& batches = block.current().batches;
    for (; batches.size() > batchesLeft; batches.pop_front())
        for (const PendingCopy& copy : batches.front()) {
            std::memcpy(copy.to, copy.from, copy.size - copy.zeroes);
            std::memset(copy.to + copy.size - copy.zeroes, 0, copy.zeroes);
        }
}
}

}  // namespace bitlift_emulator
