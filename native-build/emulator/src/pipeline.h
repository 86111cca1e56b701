// Asynchronous copies that a thread asked for and has not waited for.
#pragma once
#include <cstddef>
#include <vector>

namespace bitlift_emulator {

struct AsyncCopy {
    char* to;
    const char* from;
    std::size_t size, zeroes;
};

class AsyncCopies {
public:
    void add(const AsyncCopy& copy) { copies.push_back(copy); }
    void commit() { batchEnds.push_back(copies.size()); }
    /** Carries out the oldest batches until only so many are left. */
    void wait(std::size_t batchesLeft);
    void forget();

private:
    std::vector<AsyncCopy> copies;
    std::vector<std::size_t> batchEnds;
    std::size_t copiesDone = 0, batchesDone = 0;
};

}  // namespace bitlift_emulator
