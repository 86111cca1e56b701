// Asynchronous copies of a thread, carried out when their batch is waited for. Those never waited for never happen.
#include "pipeline.h"

#include <cstring>

#include "block.h"
#include "checks.h"

namespace bitlift_emulator {

void AsyncCopies::wait(std::size_t batchesLeft) {
    for (; batchEnds.size() - batchesDone > batchesLeft; batchesDone++)
        for (; copiesDone < batchEnds[batchesDone]; copiesDone++) {
            const AsyncCopy& copy = copies[copiesDone];
            std::memcpy(copy.to, copy.from, copy.size - copy.zeroes);
            std::memset(copy.to + copy.size - copy.zeroes, 0, copy.zeroes);
            checks::copy_done(copy);
        }
    if (copies.size() == copiesDone && batchEnds.size() == batchesDone) return forget();
    if (copiesDone < 256) return;
    copies.erase(copies.begin(), copies.begin() + static_cast<std::ptrdiff_t>(copiesDone));
    batchEnds.erase(batchEnds.begin(), batchEnds.begin() + static_cast<std::ptrdiff_t>(batchesDone));
    for (std::size_t& end : batchEnds) end -= copiesDone;
    copiesDone = batchesDone = 0;
}

void AsyncCopies::forget() {
    copies.clear();
    batchEnds.clear();
    copiesDone = batchesDone = 0;
}

extern "C" {
#define DEVICE_CALL __attribute__((visibility("default")))

DEVICE_CALL void bitlift_emulator_copy_async(void* to, const void* from, std::size_t size, std::size_t zeroes) {
    if (size != 4 && size != 8 && size != 16) block.fail(CUDA_ERROR_LAUNCH_FAILED, "an asynchronous copy moves 4, 8 or 16 bytes");
    if (zeroes > size) block.fail(CUDA_ERROR_LAUNCH_FAILED, "an asynchronous copy zeroes more bytes than it has");
    if ((reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from)) % size != 0)
        block.fail(CUDA_ERROR_MISALIGNED_ADDRESS, "an asynchronous copy's addresses are multiples of its size");
    const AsyncCopy copy{static_cast<char*>(to), static_cast<const char*>(from), size, zeroes};
    checks::copy_asked(copy);
    block.current().copies.add(copy);
}
DEVICE_CALL void bitlift_emulator_copy_commit() { block.current().copies.commit(); }
DEVICE_CALL void bitlift_emulator_copy_wait(std::size_t batchesLeft) { block.current().copies.wait(batchesLeft); }
}

}  // namespace bitlift_emulator
