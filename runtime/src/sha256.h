/* SHA-256 of whole blocks; sha256_module.c is the Python side. */
#ifndef VEX_SHA256_H
#define VEX_SHA256_H
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64 };

/* Takes `blocks` blocks of 64 bytes into `state`. */
void sha256_blocks(uint32_t state[8], const unsigned char *data, size_t blocks);

#endif
