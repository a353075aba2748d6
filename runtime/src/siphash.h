/* SipHash-1-3 with a result of 128 bits (Aumasson and Bernstein), over whole words. */
#ifndef VEX_SIPHASH_H
#define VEX_SIPHASH_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t v0, v1, v2, v3, bytes;
} SipHash;

void siphash_begin(SipHash *hash, const uint64_t key[2]);

/* Takes the size as a word, then the bytes, the last word filled up with zeros. */
void siphash_part(SipHash *hash, const unsigned char *data, size_t size);

void siphash_finish(SipHash *hash, uint64_t result[2]);

#endif
