// Graphs made by stream capture: lists of actions that replay in the order in which they were captured.
#pragma once
#include <cstddef>

namespace bitlift_emulator {

struct Context;

std::size_t reclaim_graphs(Context& context);
std::size_t live_graphs();

}  // namespace bitlift_emulator
