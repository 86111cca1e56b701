// CUDA's short vector types: plain structs with CUDA's sizes and alignments.
#pragma once

#define BITLIFT_VECTORS(type, scalar)                                                                              \
    struct alignas(2 * sizeof(scalar)) type##2 { scalar x, y; };                                                   \
    struct type##3 { scalar x, y, z; };                                                                            \
    struct alignas(4 * sizeof(scalar) < 16 ? 4 * sizeof(scalar) : 16) type##4 { scalar x, y, z, w; };              \
    inline type##2 make_##type##2(scalar x, scalar y) { return {x, y}; }                                           \
    inline type##3 make_##type##3(scalar x, scalar y, scalar z) { return {x, y, z}; }                              \
    inline type##4 make_##type##4(scalar x, scalar y, scalar z, scalar w) { return {x, y, z, w}; }

BITLIFT_VECTORS(char, signed char)
BITLIFT_VECTORS(uchar, unsigned char)
BITLIFT_VECTORS(short, short)
BITLIFT_VECTORS(ushort, unsigned short)
BITLIFT_VECTORS(int, int)
BITLIFT_VECTORS(uint, unsigned)
BITLIFT_VECTORS(longlong, long long)
BITLIFT_VECTORS(ulonglong, unsigned long long)
BITLIFT_VECTORS(float, float)
BITLIFT_VECTORS(double, double)
#undef BITLIFT_VECTORS

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
