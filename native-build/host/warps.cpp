#include "warps.h"

#include <ucontext.h>

#include <memory>
#include <stdexcept>
#include <string>

dim3 threadIdx;
dim3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace host {
namespace {

constexpr unsigned LANES = 32;
constexpr std::size_t STACK = 64 * 1024;

struct Lane {
  ucontext_t context;
  std::unique_ptr<char[]> stack{new char[STACK]};
  bool done = true;
  unsigned exchanges = 0;
};

// One warp at a time is alive. Two sets of slots, used in turn, so that a lane can post its next value while others read.
struct Warp {
  Lane lanes[LANES];
  std::uint64_t slots[2][LANES];
  ucontext_t scheduler;
  unsigned running = 0;
  unsigned first_thread = 0;
  const std::function<void()>* kernel = nullptr;
};

Warp warp;

void body() {
  (*warp.kernel)();
  warp.lanes[warp.running].done = true;
}

void start(unsigned lane) {
  Lane& self = warp.lanes[lane];
  getcontext(&self.context);
  self.context.uc_stack.ss_sp = self.stack.get();
  self.context.uc_stack.ss_size = STACK;
  self.context.uc_link = &warp.scheduler;
  self.done = false;
  self.exchanges = 0;
  makecontext(&self.context, body, 0);
}

void resume(unsigned lane) {
  warp.running = lane;
  threadIdx.x = warp.first_thread + lane;
  swapcontext(&warp.scheduler, &warp.lanes[lane].context);
}

// All lanes go from one shuffle to the next, or to their end, in one round.
void run_warp(unsigned count) {
  for (unsigned lane = 0; lane < count; lane++) {
    start(lane);
  }
  unsigned left = count;
  while (left > 0) {
    left = 0;
    for (unsigned lane = 0; lane < count; lane++) {
      resume(lane);
      left += warp.lanes[lane].done ? 0 : 1;
    }
    if (left != 0 && left != LANES) {
      throw std::runtime_error("a shuffle that " + std::to_string(left) + " of 32 lanes came to");
    }
  }
}

}  // namespace

std::uint64_t exchange(unsigned mask, std::uint64_t bits, int other_lane) {
  if (mask != 0xffffffffu) {
    throw std::runtime_error("a shuffle of part of a warp");
  }
  Lane& self = warp.lanes[warp.running];
  unsigned set = self.exchanges++ & 1;
  warp.slots[set][warp.running] = bits;
  swapcontext(&self.context, &warp.scheduler);
  return warp.slots[set][other_lane];
}

void launch(dim3 grid, unsigned block, const std::function<void()>& kernel) {
  warp.kernel = &kernel;
  gridDim = grid;
  blockDim = dim3{block, 1, 1};
  for (unsigned y = 0; y < grid.y; y++) {
    for (unsigned x = 0; x < grid.x; x++) {
      blockIdx = dim3{x, y, 0};
      for (unsigned first = 0; first < block; first += LANES) {
        warp.first_thread = first;
        run_warp(block - first < LANES ? block - first : LANES);
      }
    }
  }
}

}  // namespace host
