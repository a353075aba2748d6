/* SHA-256 of one message's blocks, counted in WebAssembly instructions: four words of the schedule at a time. */
#include "sha256.h"

#include <string.h>

typedef uint32_t Words __attribute__((vector_size(16)));
typedef uint64_t Pairs __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));

static const Words constants[16] = {
    {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5}, {0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5},
    {0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3}, {0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174},
    {0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc}, {0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da},
    {0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7}, {0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967},
    {0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13}, {0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85},
    {0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3}, {0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070},
    {0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5}, {0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3},
    {0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208}, {0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2}};

static inline uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static inline Words big_endian(const unsigned char *block) {
    Bytes bytes;
    memcpy(&bytes, block, sizeof bytes);
    return (Words)__builtin_shufflevector(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

static inline Words sigma0(Words word) {
    return (word >> 7 | word << 25) ^ (word >> 18 | word << 14) ^ word >> 3;
}

/* Of a word that stands twice in each pair, in the lower half of the pair: a shift of the pair is a rotation. */
static inline Words sigma1(Words doubled) {
    Pairs pair = (Pairs)doubled;
    return (Words)(pair >> 17 ^ pair >> 19) ^ doubled >> 10;
}

/* The next four words of the schedule; each needs the word two before it, so the upper two come after the lower. */
static inline Words scheduled(Words w16, Words w12, Words w8, Words w4) {
    const Words none = {0, 0, 0, 0};
    Words sum = w16 + sigma0(__builtin_shufflevector(w16, w12, 1, 2, 3, 4)) + __builtin_shufflevector(w8, w4, 1, 2, 3, 4);
    sum += __builtin_shufflevector(sigma1(__builtin_shufflevector(w4, w4, 2, 2, 3, 3)), none, 0, 2, 4, 4);
    return sum + __builtin_shufflevector(sigma1(__builtin_shufflevector(sum, sum, 0, 0, 1, 1)), none, 4, 4, 0, 2);
}

/* `both` is a ^ b of the round before, which is this one's b ^ c. */
#define ROUND(a, b, c, d, e, f, g, h, number)                                                      \
    {                                                                                              \
        uint32_t first = h + rotated(e ^ rotated(e ^ rotated(e, 14), 5), 6) + (g ^ (e & (f ^ g))) + words[number]; \
        uint32_t differ = a ^ b;                                                                   \
        d += first;                                                                                \
        h = first + rotated(a ^ rotated(a ^ rotated(a, 9), 11), 2) + ((both & differ) ^ b);        \
        both = differ;                                                                             \
    }
#define EIGHT_ROUNDS(number)                     \
    ROUND(a, b, c, d, e, f, g, h, number)        \
    ROUND(h, a, b, c, d, e, f, g, (number) + 1)  \
    ROUND(g, h, a, b, c, d, e, f, (number) + 2)  \
    ROUND(f, g, h, a, b, c, d, e, (number) + 3)  \
    ROUND(e, f, g, h, a, b, c, d, (number) + 4)  \
    ROUND(d, e, f, g, h, a, b, c, (number) + 5)  \
    ROUND(c, d, e, f, g, h, a, b, (number) + 6)  \
    ROUND(b, c, d, e, f, g, h, a, (number) + 7)

static void compress(uint32_t state[8], const uint32_t words[64]) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7], both = b ^ c;
    EIGHT_ROUNDS(0)
    EIGHT_ROUNDS(8)
    EIGHT_ROUNDS(16)
    EIGHT_ROUNDS(24)
    EIGHT_ROUNDS(32)
    EIGHT_ROUNDS(40)
    EIGHT_ROUNDS(48)
    EIGHT_ROUNDS(56)
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void sha256_blocks(uint32_t state[8], const unsigned char *data, size_t blocks) {
    Words words[16];
    for (; blocks > 0; blocks--, data += SHA256_BLOCK) {
        Words w16 = big_endian(data), w12 = big_endian(data + 16);
        Words w8 = big_endian(data + 32), w4 = big_endian(data + 48);
        words[0] = w16 + constants[0];
        words[1] = w12 + constants[1];
        words[2] = w8 + constants[2];
        words[3] = w4 + constants[3];
#pragma clang loop unroll(full)
        for (int at = 4; at < 16; at++) {
            Words next = scheduled(w16, w12, w8, w4);
            words[at] = next + constants[at];
            w16 = w12;
            w12 = w8;
            w8 = w4;
            w4 = next;
        }
        compress(state, (const uint32_t *)words);
    }
}
