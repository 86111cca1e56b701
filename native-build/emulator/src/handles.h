// Live objects by the handle that the caller holds: a stale or foreign handle is refused instead of followed.
#pragma once
#include <memory>
#include <unordered_map>

#include "driver_types.h"

namespace bitlift_emulator {

template <class T>
class Handles {
public:
    void* add(std::shared_ptr<T> object) {
        void* handle = object.get();
        live.emplace(handle, std::move(object));
        return handle;
    }
    std::shared_ptr<T> get(void* handle, CUresult otherwise = CUDA_ERROR_INVALID_HANDLE) const {
        const auto found = live.find(handle);
        if (found == live.end()) throw otherwise;
        return found->second;
    }
    void remove(void* handle) {
        if (live.erase(handle) == 0) throw CUDA_ERROR_INVALID_HANDLE;
    }
    /** Drops what satisfies the condition and says how many that were. */
    template <class Condition>
    std::size_t remove_if(Condition condition) {
        std::size_t removed = 0;
        for (auto entry = live.begin(); entry != live.end();) {
            const bool drop = condition(*entry->second);
            removed += drop;
            entry = drop ? live.erase(entry) : std::next(entry);
        }
        return removed;
    }
    std::size_t size() const { return live.size(); }
    auto begin() const { return live.begin(); }
    auto end() const { return live.end(); }

private:
    std::unordered_map<void*, std::shared_ptr<T>> live;
};

}  // namespace bitlift_emulator
