// The order in which blocks of a grid, and warps and threads of a block, get their turn.
#pragma once
#include <cstdint>
#include <vector>

namespace bitlift_emulator {

enum class OrderKind : int { Forward = 0, Reverse = 1, Random = 2 };

/** From now on; a random order starts again from its seed. The environment's BITLIFT_EMULATOR_ORDER sets the first one. */
void choose_order(OrderKind kind, std::uint64_t seed);

/** Fills `indices` with 0 … count - 1 in the chosen order; a random order draws anew each time. */
void arrange(std::vector<unsigned>& indices, unsigned count);

/** Turns of up to 32 warps or lanes, as sets of bits: bit p of a set of turns is the member `at[p]`. */
class Turns {
public:
    void draw(unsigned count);
    unsigned member(unsigned turn) const { return at[turn]; }
    unsigned turn_of(unsigned member) const { return turn[member]; }
    unsigned turns_of(unsigned members) const;

private:
    unsigned char at[32], turn[32];
    bool straight = false;
};

}  // namespace bitlift_emulator
