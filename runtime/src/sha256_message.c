/* SHA-256 of messages that come in parts. */
#include "sha256.h"

#include <string.h>

enum { LENGTH_AT = SHA256_BLOCK - 8 };

const uint32_t sha256_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void sha256_begin(Sha256 *message, const uint32_t start[8]) {
    message->count = 0;
    memcpy(message->state, start, sizeof message->state);
}

void sha256_take(Sha256 *message, const unsigned char *data, size_t size) {
    size_t waiting = message->count % SHA256_BLOCK;
    message->count += size;
    if (waiting > 0) {
        size_t missing = SHA256_BLOCK - waiting;
        if (size < missing) {
            memcpy(message->rest + waiting, data, size);
            return;
        }
        memcpy(message->rest + waiting, data, missing);
        sha256_blocks(message->state, message->rest, 1);
        data += missing;
        size -= missing;
    }
    sha256_blocks(message->state, data, size / SHA256_BLOCK);
    memcpy(message->rest, data + size / SHA256_BLOCK * SHA256_BLOCK, size % SHA256_BLOCK);
}

size_t sha256_padded(const unsigned char *rest, uint64_t count, unsigned char last[2 * SHA256_BLOCK]) {
    size_t waiting = count % SHA256_BLOCK, blocks = waiting < LENGTH_AT ? 1 : 2;
    uint64_t bits = __builtin_bswap64(count * 8);
    unsigned char *length = last + blocks * SHA256_BLOCK - sizeof bits;
    memcpy(last, rest, waiting);
    last[waiting] = 0x80;
    memset(last + waiting + 1, 0, (size_t)(length - last) - waiting - 1);
    memcpy(length, &bits, sizeof bits);
    return blocks;
}

void sha256_write(const uint32_t state[8], unsigned char *digest, size_t size) {
    for (size_t at = 0; at < size; at += 4) {
        uint32_t word = __builtin_bswap32(state[at / 4]);
        memcpy(digest + at, &word, sizeof word);
    }
}

void sha256_finish(const Sha256 *message, unsigned char *digest, size_t size) {
    unsigned char last[2 * SHA256_BLOCK];
    uint32_t state[8];
    memcpy(state, message->state, sizeof state);
    sha256_blocks(state, last, sha256_padded(message->rest, message->count, last));
    sha256_write(state, digest, size);
}

void sha256_once(const unsigned char *data, size_t size, unsigned char digest[SHA256_DIGEST]) {
    Sha256 message;
    sha256_begin(&message, sha256_start);
    sha256_take(&message, data, size);
    sha256_finish(&message, digest, SHA256_DIGEST);
}
