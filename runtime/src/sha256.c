/* SHA-256 of one message's blocks, counted in WebAssembly instructions: four words of the schedule at a time. */
#include "sha256.h"
#include "sha256_rounds.h"

#include <string.h>

typedef uint32_t Words __attribute__((vector_size(16)));
typedef uint64_t Pairs __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));

/* Four constants, of the words `4 * number` and behind. */
static inline Words constants(int number) {
    Words words;
    memcpy(&words, sha256_constants + 4 * number, sizeof words);
    return words;
}

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
        words[0] = w16 + constants(0);
        words[1] = w12 + constants(1);
        words[2] = w8 + constants(2);
        words[3] = w4 + constants(3);
#pragma clang loop unroll(full)
        for (int at = 4; at < 16; at++) {
            Words next = scheduled(w16, w12, w8, w4);
            words[at] = next + constants(at);
            w16 = w12;
            w12 = w8;
            w8 = w4;
            w4 = next;
        }
        compress(state, (const uint32_t *)words);
    }
}
