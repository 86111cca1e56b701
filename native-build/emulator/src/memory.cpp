#include "memory.h"

#include <cstring>
#include <map>
#include <vector>

#include <sys/mman.h>

#include "checks.h"
#include "device.h"
#include "driver_call.h"
#include "stream.h"

namespace bitlift_emulator {

namespace {

constexpr std::size_t page = 4096, alignment = 256;

struct Allocation {
    Context* context;
    std::size_t bytes;
    char* mapped;
    std::size_t mappedBytes;
    unsigned flags;
    bool isAbandoned = false;  // freed while work was under way
};

/** Allocations of one kind, by address, and their count since the process began. */
class Allocations {
public:
    explicit Allocations(bool pinned) : pinned(pinned) {}

    std::uintptr_t allocate(Context& context, std::size_t bytes, std::size_t limit, unsigned flags = 0) {
        require(bytes > 0);
        unmap_abandoned();
        require(bytes <= limit && counted.liveBytes <= limit - bytes, CUDA_ERROR_OUT_OF_MEMORY);
        const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
        const std::size_t body = (rounded + page - 1) / page * page, mappedBytes = body + 2 * page;
        void* mapped = mmap(nullptr, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        require(mapped != MAP_FAILED, CUDA_ERROR_OUT_OF_MEMORY);
        char* usable = static_cast<char*>(mapped) + page;
        mprotect(usable, body, PROT_READ | PROT_WRITE);
        std::memset(usable, 0xff, body);  // NaNs, for those who read before they write
        const auto address = reinterpret_cast<std::uintptr_t>(usable + body - rounded);
        const auto entry = live.insert({address, {&context, bytes, static_cast<char*>(mapped), mappedBytes, flags}}).first;
        checks::allocated(extent_of(*entry), pinned);
        counted.liveBytes += bytes;
        counted.liveCount++;
        counted.allocations++;
        return address;
    }

    void release(std::uintptr_t address) {
        const auto found = live.find(address);
        require(found != live.end());
        unmap_abandoned();
        if (!is_idle(*found->second.context)) abandon(found->second);
        release(found);
    }

    std::size_t release_all(const Context& context) {
        std::size_t released = 0;
        unmap_abandoned(&context);
        for (auto entry = live.begin(); entry != live.end();) {
            const bool owned = entry->second.context == &context;
            released += owned;
            entry = owned ? release(entry) : std::next(entry);
        }
        return released;
    }

    /** The allocation that holds the range, as address and record, or null. */
    const std::pair<const std::uintptr_t, Allocation>* find(std::uintptr_t at, std::size_t bytes) const {
        auto after = live.upper_bound(at);
        if (after == live.begin()) return nullptr;
        --after;
        const std::size_t offset = at - after->first;
        return offset <= after->second.bytes && bytes <= after->second.bytes - offset ? &*after : nullptr;
    }

    MemoryCounts counts() const { return counted; }

private:
    using Live = std::map<std::uintptr_t, Allocation>;

    static checks::Extent extent_of(const Live::value_type& entry) {
        const Allocation& allocation = entry.second;
        return {entry.first, allocation.bytes, reinterpret_cast<std::uintptr_t>(allocation.mapped), allocation.mappedBytes};
    }

    Live::iterator release(Live::iterator entry) {
        const Allocation& allocation = entry->second;
        counted.liveBytes -= allocation.bytes;
        counted.liveCount--;
        counted.frees++;
        checks::releasing(extent_of(*entry));
        if (!allocation.isAbandoned) munmap(allocation.mapped, allocation.mappedBytes);
        return live.erase(entry);
    }

    /** Keeps the pages, so that work under way faults there instead of finding somebody else's memory. */
    void abandon(Allocation& allocation) {
        mprotect(allocation.mapped, allocation.mappedBytes, PROT_NONE);
        allocation.isAbandoned = true;
        abandoned.push_back(allocation);
    }

    /** Gives back the abandoned pages of contexts that have nothing under way, and of the one that closes. */
    void unmap_abandoned(const Context* closing = nullptr) {
        std::vector<Allocation> kept;
        for (const Allocation& allocation : abandoned) {
            if (allocation.context == closing || is_idle(*allocation.context)) munmap(allocation.mapped, allocation.mappedBytes);
            else kept.push_back(allocation);
        }
        abandoned = std::move(kept);
    }

    bool pinned;
    Live live;
    std::vector<Allocation> abandoned;
    MemoryCounts counted{};
};

Allocations deviceMemory{false}, pinnedMemory{true};

}  // namespace

void require_device_range(CUdeviceptr at, std::size_t bytes) { require(deviceMemory.find(at, bytes) != nullptr); }

bool is_allocated(const void* at, std::size_t bytes) {
    return is_pinned(at, bytes) || deviceMemory.find(reinterpret_cast<std::uintptr_t>(at), bytes) != nullptr;
}

bool is_pinned(const void* at, std::size_t bytes) {
    return pinnedMemory.find(reinterpret_cast<std::uintptr_t>(at), bytes) != nullptr;
}

std::size_t reclaim_memory(Context& context) {
    return deviceMemory.release_all(context) + pinnedMemory.release_all(context);
}

MemoryCounts device_memory_counts() { return deviceMemory.counts(); }
MemoryCounts pinned_memory_counts() { return pinnedMemory.counts(); }

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuMemAlloc_v2(CUdeviceptr* at, std::size_t bytes) {
    return in_context([&](Context& context) {
        require(at != nullptr);
        refuse_while_capturing();
        *at = deviceMemory.allocate(context, bytes, device::memory_bytes());
    });
}

// Also in a context whose kernel died, and whatever the current one: memory can always be given back. Work that still needs
// it is not waited for, because CUDA doesn't promise that: it faults.
DRIVER_CALL cuMemFree_v2(CUdeviceptr at) {
    return after_init([&] {
        if (at == 0) return;
        refuse_while_capturing();
        const auto* allocation = deviceMemory.find(at, 0);
        require(allocation != nullptr && allocation->first == at);
        deviceMemory.release(at);
    });
}

DRIVER_CALL cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
    return in_context([&](Context&) {
        require(free != nullptr && total != nullptr);
        *total = device::memory_bytes();
        *free = device::memory_bytes() - deviceMemory.counts().liveBytes;
    });
}

DRIVER_CALL cuMemGetAddressRange_v2(CUdeviceptr* base, std::size_t* bytes, CUdeviceptr at) {
    return in_context([&](Context&) {
        const auto* allocation = deviceMemory.find(at, 1);
        require(allocation != nullptr);
        if (base != nullptr) *base = allocation->first;
        if (bytes != nullptr) *bytes = allocation->second.bytes;
    });
}

DRIVER_CALL cuMemHostAlloc(void** at, std::size_t bytes, unsigned flags) {
    return in_context([&](Context& context) {
        require(at != nullptr && flags < 8);
        refuse_while_capturing();
        *at = reinterpret_cast<void*>(pinnedMemory.allocate(context, bytes, device::memory_bytes(), flags));
    });
}

DRIVER_CALL cuMemAllocHost_v2(void** at, std::size_t bytes) { return cuMemHostAlloc(at, bytes, 0); }

DRIVER_CALL cuMemFreeHost(void* at) {
    return after_init([&] {
        const auto address = reinterpret_cast<std::uintptr_t>(at);
        const auto* allocation = pinnedMemory.find(address, 0);
        require(allocation != nullptr && allocation->first == address);
        refuse_while_capturing();
        pinnedMemory.release(address);
    });
}

DRIVER_CALL cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* at, unsigned flags) {
    return in_context([&](Context&) {
        require(device != nullptr && flags == 0 && is_pinned(at, 1));
        *device = reinterpret_cast<CUdeviceptr>(at);
    });
}

DRIVER_CALL cuMemHostGetFlags(unsigned* flags, void* at) {
    return in_context([&](Context&) {
        const auto* allocation = pinnedMemory.find(reinterpret_cast<std::uintptr_t>(at), 1);
        require(flags != nullptr && allocation != nullptr);
        *flags = allocation->second.flags;
    });
}
