#include "bounds.h"

#include <algorithm>

#include <link.h>

#include "finding.h"

namespace bitlift_emulator::checks {

namespace {
std::uintptr_t imageBegin = 0, imageEnd = 0;  // of the library that the kernel is in
}

const Region* region_of(std::uintptr_t at, std::size_t bytes, Access access) {
    const auto* address = reinterpret_cast<const void*>(at);
    if (block.current().stack->holds(address)) return nullptr;
    const Region* region = shadow().find(at);
    if (region != nullptr && region->holds(at, bytes)) {
        if (running.launch->cooperative && region->kind == Kind::Shared &&
            region->extent.at != reinterpret_cast<std::uintptr_t>(running.ownShared))
            found(CUDA_ERROR_LAUNCH_FAILED, "cooperative: %s of %s, which is not the block's own dynamic one", name_of(access),
                  place_of(*region, at));
        return region;
    }
    if (region != nullptr)
        found(CUDA_ERROR_ILLEGAL_ADDRESS, "out of bounds: %s of %zu bytes at %s", name_of(access), bytes, place_of(*region, at));
    if (block.owns(address) || (at >= reinterpret_cast<std::uintptr_t>(&bitlift_emulator_block) &&
                                at < reinterpret_cast<std::uintptr_t>(&bitlift_emulator_block + 1)) ||
        at == reinterpret_cast<std::uintptr_t>(&bitlift_emulator_place))
        return nullptr;
    if (at >= imageBegin && at < imageEnd && access == Access::Read) return nullptr;
    found(CUDA_ERROR_ILLEGAL_ADDRESS, "out of bounds: %s of %zu bytes at %p, which belongs to no allocation", name_of(access), bytes, address);
}

void find_image() {
    const auto kernel = reinterpret_cast<std::uintptr_t>(running.launch->kernel->call);
    if (kernel >= imageBegin && kernel < imageEnd) return;
    dl_iterate_phdr(
        [](dl_phdr_info* library, std::size_t, void* sought) {
            std::uintptr_t begin = ~std::uintptr_t{0}, end = 0;
            for (int i = 0; i < library->dlpi_phnum; i++) {
                const auto& part = library->dlpi_phdr[i];
                if (part.p_type != PT_LOAD) continue;
                begin = std::min(begin, library->dlpi_addr + part.p_vaddr);
                end = std::max(end, library->dlpi_addr + part.p_vaddr + part.p_memsz);
            }
            const auto at = *static_cast<const std::uintptr_t*>(sought);
            if (at < begin || at >= end) return 0;
            imageBegin = begin;
            imageEnd = end;
            return 1;
        },
        const_cast<std::uintptr_t*>(&kernel));
}

}  // namespace bitlift_emulator::checks
