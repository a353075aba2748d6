/* SipHash-1-3: a word costs one round of fourteen operations. */
#include "siphash.h"

#include <string.h>

static inline uint64_t rotated(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

static inline void rounds(SipHash *hash, int count) {
    uint64_t v0 = hash->v0, v1 = hash->v1, v2 = hash->v2, v3 = hash->v3;
    for (; count > 0; count--) {
        v0 += v1;
        v2 += v3;
        v1 = rotated(v1, 13) ^ v0;
        v3 = rotated(v3, 16) ^ v2;
        v0 = rotated(v0, 32) + v3;
        v2 += v1;
        v3 = rotated(v3, 21) ^ v0;
        v1 = rotated(v1, 17) ^ v2;
        v2 = rotated(v2, 32);
    }
    hash->v0 = v0, hash->v1 = v1, hash->v2 = v2, hash->v3 = v3;
}

static inline void take(SipHash *hash, uint64_t word) {
    hash->v3 ^= word;
    rounds(hash, 1);
    hash->v0 ^= word;
    hash->bytes += sizeof word;
}

void siphash_begin(SipHash *hash, const uint64_t key[2]) {
    hash->v0 = key[0] ^ 0x736f6d6570736575;
    hash->v1 = key[1] ^ 0x646f72616e646f6d ^ 0xee;
    hash->v2 = key[0] ^ 0x6c7967656e657261;
    hash->v3 = key[1] ^ 0x7465646279746573;
    hash->bytes = 0;
}

void siphash_part(SipHash *hash, const unsigned char *data, size_t size) {
    SipHash state = *hash; /* in locals */
    uint64_t word;
    take(&state, size);
    for (; size >= sizeof word; size -= sizeof word, data += sizeof word) {
        memcpy(&word, data, sizeof word);
        take(&state, word);
    }
    if (size > 0) {
        word = 0;
        for (size_t at = 0; at < size; at++) word |= (uint64_t)data[at] << 8 * at;
        take(&state, word);
    }
    *hash = state;
}

void siphash_finish(SipHash *hash, uint64_t result[2]) {
    take(hash, hash->bytes << 56);
    hash->v2 ^= 0xee;
    rounds(hash, 3);
    result[0] = hash->v0 ^ hash->v1 ^ hash->v2 ^ hash->v3;
    hash->v1 ^= 0xdd;
    rounds(hash, 3);
    result[1] = hash->v0 ^ hash->v1 ^ hash->v2 ^ hash->v3;
}
