// Runs the kernels, compiled by g++, on operands from standard input; results go to standard output. Little-endian.
//
//   host-run sweep NAME STRIDE    binary32 results of elementary_NAME for the arguments with raw bits 0, STRIDE, 2·STRIDE, ...
//   host-run map64 NAME           binary64 numbers in, binary64 results of elementary_NAME out
//   host-run cases                cases in, one after the other, until the end of the input; results out
//
// A case begins with its kernel's name (64 bytes, zeros behind it), then int32 grid, block. What follows depends on the name:
//   *update    int32 steps, then per step int32 rows, columns, rule, ridge, operands (bits: 1 first, 2 second, 4 anchor), float
//              anchor_weight, beta1, beta2, complement1, complement2, epsilon, prox_weight, p0, p1, three coefficients, then x,
//              gradient and the operands named, all [rows, columns]; out come x, first, second of each step as far as it has them
//   reduce_*   int32 rows, columns, then a, b; out comes the sum, binary64, after reduce_total
//   others     int32 rows, columns, misalignment (elements by which the operands miss 16 bytes), alias (1: out is v, 2: out is
//              w), float weight, p0, p1, then v, w; out comes out
// Guard cells around every operand are checked. Exit status 1 and a line on standard error if anything is wrong.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

// The CUDA names come before the kernels' headers.
#include "cuda_shim.h"

#include "../../kernels/update.cuh"
#include "warps.h"

namespace {

using bitlift::UpdateStep;

using SweepKernel = void (*)(unsigned, unsigned, long long, float*);
using Map64Kernel = void (*)(long long, const double*, double*);
using ProxKernel = void (*)(long long, int, float, float, float, const float*, const float*, float*);
using UpdateKernel = void (*)(const UpdateStep*);
using ReduceKernel = void (*)(long long, int, const float*, const float*, double*);
using TotalKernel = void (*)(long long, const double*, double*, int);

template <class Kernel>
Kernel find(const std::string& name) {
  void* symbol = dlsym(RTLD_DEFAULT, name.c_str());
  if (symbol == nullptr) {
    throw std::runtime_error("no such kernel");
  }
  return reinterpret_cast<Kernel>(symbol);
}

void read(void* to, std::size_t bytes) {
  if (std::fread(to, 1, bytes, stdin) != bytes) {
    throw std::runtime_error("the input ends early");
  }
}

template <class T>
T read() {
  T value;
  read(&value, sizeof value);
  return value;
}

template <class T>
void write(const T* from, std::size_t count) {
  if (std::fwrite(from, sizeof(T), count, stdout) != count) {
    throw std::runtime_error("can't write");
  }
}

// An operand between guard cells, a given number of elements off a 16-byte boundary.
class Operand {
 public:
  Operand(std::size_t length, int misalignment)
      : length_(length), front_(GUARD + misalignment), cells_(front_ + length + GUARD + 4, guard()) {
    std::size_t at = reinterpret_cast<std::size_t>(cells_.data()) / sizeof(float) % 4;
    front_ += (4 - at) % 4;
  }

  void fill() { read(data(), length_ * sizeof(float)); }
  float* data() { return cells_.data() + front_; }

  void finish(bool out) {
    for (std::size_t i = 0; i < cells_.size(); i++) {
      bool inside = i >= front_ && i < front_ + length_;
      if (!inside && std::memcmp(&cells_[i], &GUARD_BITS, sizeof(float)) != 0) {
        throw std::runtime_error("guard cell " + std::to_string(static_cast<long>(i - front_)) + " overwritten");
      }
    }
    if (out) {
      write(data(), length_);
    }
  }

 private:
  static constexpr std::size_t GUARD = 16;
  static constexpr std::uint32_t GUARD_BITS = 0x5eadbeef;
  static float guard() { return shim_bits<float>(GUARD_BITS); }

  std::size_t length_;
  std::size_t front_;
  std::vector<float> cells_;
};

void sweep(const std::string& name, unsigned stride) {
  constexpr long long ALL = 1LL << 32;
  constexpr long long PIECE = 1 << 16;
  auto kernel = find<SweepKernel>("elementary_" + name);
  std::vector<float> out(PIECE);
  long long total = (ALL - 1) / stride + 1;
  for (long long done = 0; done < total; done += PIECE) {
    long long count = total - done < PIECE ? total - done : PIECE;
    unsigned first = static_cast<unsigned>(done * stride);
    host::launch(dim3{1, 1, 1}, 1, [&] { kernel(first, stride, count, out.data()); });
    write(out.data(), static_cast<std::size_t>(count));
  }
}

void map64(const std::string& name) {
  auto kernel = find<Map64Kernel>("elementary_" + name);
  double x;
  while (std::fread(&x, sizeof x, 1, stdin) == 1) {
    double y;
    host::launch(dim3{1, 1, 1}, 1, [&] { kernel(1, &x, &y); });
    write(&y, 1);
  }
}

void prox(const std::string& name, unsigned grid, unsigned block) {
  int rows = read<int>();
  int columns = read<int>();
  int misalignment = read<int>();
  int alias = read<int>();
  float weight = read<float>();
  float p0 = read<float>();
  float p1 = read<float>();
  std::size_t n = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  Operand v(n, misalignment);
  Operand w(n, misalignment);
  Operand fresh(n, misalignment);
  v.fill();
  w.fill();
  Operand& out = alias == 1 ? v : alias == 2 ? w : fresh;
  auto kernel = find<ProxKernel>(name);
  host::launch(dim3{grid, 1, 1}, block,
               [&] { kernel(rows, columns, weight, p0, p1, v.data(), w.data(), out.data()); });
  v.finish(&out == &v);
  w.finish(&out == &w);
  fresh.finish(&out == &fresh);
}

struct Block {
  UpdateStep step{};
  float coefficients[3];
  std::vector<Operand> operands;  // x, gradient, first, second, anchor, as far as there are any
  std::vector<bool> modified;

  float* operand(std::size_t n, bool out) {
    operands.emplace_back(n, 0);
    modified.push_back(out);
    operands.back().fill();
    return operands.back().data();
  }
};

void read_step(Block& block) {
  UpdateStep& step = block.step;
  step.rows = read<int>();
  step.columns = read<int>();
  step.rule = read<int>();
  step.ridge = read<int>();
  int present = read<int>();
  for (float* field : {&step.anchor_weight, &step.beta1, &step.beta2, &step.complement1, &step.complement2, &step.epsilon,
                       &step.prox_weight, &step.p0, &step.p1}) {
    *field = read<float>();
  }
  read(block.coefficients, sizeof block.coefficients);
  step.coefficients = block.coefficients;
  std::size_t n = static_cast<std::size_t>(step.rows) * static_cast<std::size_t>(step.columns);
  step.x = block.operand(n, true);
  step.gradient = block.operand(n, false);
  step.first = present & 1 ? block.operand(n, true) : nullptr;
  step.second = present & 2 ? block.operand(n, true) : nullptr;
  step.anchor = present & 4 ? block.operand(n, false) : nullptr;
}

void update(const std::string& name, unsigned grid, unsigned block) {
  std::vector<Block> blocks(static_cast<std::size_t>(read<int>()));
  std::vector<UpdateStep> steps;
  for (Block& b : blocks) {
    read_step(b);
    steps.push_back(b.step);
  }
  auto kernel = find<UpdateKernel>(name);
  host::launch(dim3{grid, static_cast<unsigned>(steps.size()), 1}, block, [&] { kernel(steps.data()); });
  for (Block& b : blocks) {
    for (std::size_t i = 0; i < b.operands.size(); i++) {
      b.operands[i].finish(b.modified[i]);
    }
  }
}

void reduce(const std::string& name, unsigned grid, unsigned block) {
  int rows = read<int>();
  int columns = read<int>();
  std::size_t n = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  Operand a(n, 0);
  Operand b(n, 0);
  a.fill();
  b.fill();
  std::vector<double> row_sums(static_cast<std::size_t>(rows));
  double sums[3] = {-1.0, -1.0, -1.0};
  auto kernel = find<ReduceKernel>(name);
  auto total = find<TotalKernel>("reduce_total");
  host::launch(dim3{grid, 1, 1}, block, [&] { kernel(rows, columns, a.data(), b.data(), row_sums.data()); });
  host::launch(dim3{1, 1, 1}, 32, [&] { total(rows, row_sums.data(), sums, 1); });
  a.finish(false);
  b.finish(false);
  if (sums[0] != -1.0 || sums[2] != -1.0) {
    throw std::runtime_error("another slot was written");
  }
  write(&sums[1], 1);
}

bool ends_with(const std::string& name, const std::string& end) {
  return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

void run(const std::string& name, unsigned grid, unsigned block) {
  if (ends_with(name, "update")) {
    update(name, grid, block);
  } else if (name.rfind("reduce_", 0) == 0) {
    reduce(name, grid, block);
  } else {
    prox(name, grid, block);
  }
}

void cases() {
  char padded[64];
  std::size_t got;
  while ((got = std::fread(padded, 1, sizeof padded, stdin)) != 0) {
    if (got != sizeof padded || padded[63] != 0) {
      throw std::runtime_error("the input ends early, or a name is too long");
    }
    std::string name = padded;
    unsigned grid = read<unsigned>();
    unsigned block = read<unsigned>();
    try {
      run(name, grid, block);
    } catch (const std::runtime_error& e) {
      throw std::runtime_error(name + ": " + e.what());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string mode = argc > 1 ? argv[1] : "";
  try {
    if (mode == "sweep" && argc == 4) {
      sweep(argv[2], static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)));
    } else if (mode == "map64" && argc == 3) {
      map64(argv[2]);
    } else if (mode == "cases" && argc == 2) {
      cases();
    } else {
      throw std::runtime_error("usage: host-run sweep NAME STRIDE | map64 NAME | cases");
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "host-run: %s\n", e.what());
    return 1;
  }
}
