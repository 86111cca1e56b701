#include "order.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>

namespace bitlift_emulator {

namespace {

struct Order {
    OrderKind kind = OrderKind::Forward;
    std::uint64_t state = 0;
};

Order from_environment() {
    const char* text = std::getenv("BITLIFT_EMULATOR_ORDER");
    if (text == nullptr || std::strcmp(text, "forward") == 0) return {};
    if (std::strcmp(text, "reverse") == 0) return {OrderKind::Reverse, 0};
    if (std::strncmp(text, "random:", 7) == 0) return {OrderKind::Random, std::strtoull(text + 7, nullptr, 10)};
    std::fprintf(stderr, "bitlift emulator: BITLIFT_EMULATOR_ORDER is '%s'; expected forward, reverse or random:SEED\n", text);
    std::abort();
}

Order order = from_environment();

std::uint64_t splitmix(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

template <class Index>
void arrange(Index* indices, unsigned count) {
    std::iota(indices, indices + count, Index{0});
    if (order.kind == OrderKind::Reverse) std::reverse(indices, indices + count);
    if (order.kind != OrderKind::Random) return;
    for (unsigned left = count; left > 1; left--) {
        const auto drawn = static_cast<unsigned>(((splitmix(order.state) >> 32) * left) >> 32);
        std::swap(indices[left - 1], indices[drawn]);
    }
}

}  // namespace

void choose_order(OrderKind kind, std::uint64_t seed) { order = {kind, seed}; }

void arrange(std::vector<unsigned>& indices, unsigned count) {
    indices.resize(count);
    arrange(indices.data(), count);
}

void Turns::draw(unsigned count) {
    arrange(at, count);
    for (unsigned i = 0; i < count; i++) turn[at[i]] = static_cast<unsigned char>(i);
    straight = order.kind == OrderKind::Forward;
}

unsigned Turns::turns_of(unsigned members) const {
    if (straight) return members;
    unsigned turns = 0;
    for (unsigned left = members; left != 0; left &= left - 1) turns |= 1u << turn[__builtin_ctz(left)];
    return turns;
}

}  // namespace bitlift_emulator
