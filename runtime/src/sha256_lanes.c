/* One block of SHA-256 into each of four states: lane i of every vector belongs to message i.
 *
 * A rotation costs nine instructions in vectors and three otherwise, so four blocks cost what 2.3 cost one by one. */
#include <string.h>

#include "sha256.h"
#include "sha256_rounds.h"

#if defined(__wasm__) && !defined(__wasm_simd128__)
#error "without vector instructions four blocks cost ten times as much"
#endif

typedef uint32_t Words __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));

static inline Words loaded(const unsigned char *at) {
    Words words;
    memcpy(&words, at, sizeof words);
    return words;
}

static inline Words big_endian(const unsigned char *at) {
    Bytes bytes = (Bytes)loaded(at);
    return (Words)__builtin_shufflevector(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/* Rows become columns. */
static inline void transpose(Words rows[4]) {
    Words low = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    Words high = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    Words other_low = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    Words other_high = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    rows[0] = __builtin_shufflevector(low, other_low, 0, 1, 4, 5);
    rows[1] = __builtin_shufflevector(low, other_low, 2, 3, 6, 7);
    rows[2] = __builtin_shufflevector(high, other_high, 0, 1, 4, 5);
    rows[3] = __builtin_shufflevector(high, other_high, 2, 3, 6, 7);
}

/* Three rotations together: what is shifted right and what is shifted left, each by differences. */
static inline Words sum0(Words word) {
    return (((word >> 9 ^ word) >> 11 ^ word) >> 2) ^ (((word << 11 ^ word) << 9 ^ word) << 10);
}
static inline Words sum1(Words word) {
    return (((word >> 14 ^ word) >> 5 ^ word) >> 6) ^ (((word << 5 ^ word) << 14 ^ word) << 7);
}
static inline Words sigma0(Words word) { return (((word >> 11 ^ word) >> 4 ^ word) >> 3) ^ ((word << 11 ^ word) << 14); }
static inline Words sigma1(Words word) { return (((word >> 2 ^ word) >> 7 ^ word) >> 10) ^ ((word << 2 ^ word) << 13); }

#define ROUND(a, b, c, d, e, f, g, h, number)                                               \
    {                                                                                       \
        Words first = h + sum1(e) + (g ^ (e & (f ^ g))) + (words[number] + key[number]);    \
        Words differ = a ^ b;                                                               \
        d += first;                                                                         \
        h = first + sum0(a) + ((both & differ) ^ b);                                        \
        both = differ;                                                                      \
    }

static inline void schedule(Words words[16]) {
#pragma clang loop unroll(full)
    for (int at = 0; at < 16; at++) {
        words[at] += sigma0(words[(at + 1) & 15]) + words[(at + 9) & 15] + sigma1(words[(at + 14) & 15]);
    }
}

void sha256_four(uint32_t states[SHA256_LANES][8], const unsigned char *const blocks[SHA256_LANES]) {
    Words words[16], lanes[8];
    for (int part = 0; part < 16; part += 4) {
        for (int lane = 0; lane < SHA256_LANES; lane++) words[part + lane] = big_endian(blocks[lane] + 4 * part);
        transpose(words + part);
    }
    for (int part = 0; part < 8; part += 4) {
        for (int lane = 0; lane < SHA256_LANES; lane++) lanes[part + lane] = loaded((const unsigned char *)(states[lane] + part));
        transpose(lanes + part);
    }
    Words a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
    Words e = lanes[4], f = lanes[5], g = lanes[6], h = lanes[7], both = b ^ c;
    for (const uint32_t *key = sha256_constants;; key += 16) {
        EIGHT_ROUNDS(0)
        EIGHT_ROUNDS(8)
        if (key == sha256_constants + 48) break;
        schedule(words);
    }
    lanes[0] += a;
    lanes[1] += b;
    lanes[2] += c;
    lanes[3] += d;
    lanes[4] += e;
    lanes[5] += f;
    lanes[6] += g;
    lanes[7] += h;
    for (int part = 0; part < 8; part += 4) {
        transpose(lanes + part);
        for (int lane = 0; lane < SHA256_LANES; lane++) memcpy(states[lane] + part, &lanes[part + lane], sizeof lanes[0]);
    }
}
