/* SHA-256 (FIPS 180-4): blocks, four blocks of different messages at once, and messages as they come. */
#ifndef VEX_SHA256_H
#define VEX_SHA256_H
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_DIGEST = 32, SHA256_LANES = 4, SHA256_SINGLE = SHA256_BLOCK - 9 };

extern const uint32_t sha256_start[8];

/* Takes `blocks` blocks of 64 bytes into `state`. */
void sha256_blocks(uint32_t state[8], const unsigned char *data, size_t blocks);

/* Takes one block into each of four states; costs what 2.3 blocks one after the other cost. */
void sha256_four(uint32_t states[SHA256_LANES][8], const unsigned char *const blocks[SHA256_LANES]);

/* A message under way; bytes that fill no block wait in `rest`. */
typedef struct {
    uint64_t count;
    uint32_t state[8];
    unsigned char rest[SHA256_BLOCK];
} Sha256;

void sha256_begin(Sha256 *message, const uint32_t start[8]);
void sha256_take(Sha256 *message, const unsigned char *data, size_t size);

/* Writes the last one or two blocks (section 5.1.1: a one, zeros, the length in bits) of a message of `count` bytes, of which
 * those that fill no block are `rest`; how many blocks. */
size_t sha256_padded(const unsigned char *rest, uint64_t count, unsigned char last[2 * SHA256_BLOCK]);

/* The first `size` bytes (a multiple of four) of the digest; the message may go on. */
void sha256_finish(const Sha256 *message, unsigned char *digest, size_t size);

void sha256_once(const unsigned char *data, size_t size, unsigned char digest[SHA256_DIGEST]);

typedef struct {
    const unsigned char *data;
    size_t size;
} Octets;

/* The digests of at most four messages. */
void sha256_each(const Octets *messages, int count, unsigned char digests[][SHA256_DIGEST]);

void sha256_write(const uint32_t state[8], unsigned char *digest, size_t size);

#endif
