/* Copying and comparing in loops of eight bytes.
 *
 * The IC charges a bulk instruction by a base price that short blocks do not earn back, and wasi-libc goes byte by
 * byte; most blocks that CPython touches are short. */
#include <stddef.h>
#include <stdint.h>

enum { BULK = 160 }; /* from here on a bulk instruction is cheaper (measured on a replica) */

typedef uint64_t __attribute__((aligned(1), may_alias)) Word;
typedef uint32_t __attribute__((aligned(1), may_alias)) Half;

void *memcpy(void *restrict destination, const void *restrict source, size_t size) {
    char *to = destination;
    const char *from = source;
    if (size >= BULK) return __builtin_memcpy(destination, source, size);
    for (; size >= 32; to += 32, from += 32, size -= 32) {
        ((Word *)to)[0] = ((const Word *)from)[0];
        ((Word *)to)[1] = ((const Word *)from)[1];
        ((Word *)to)[2] = ((const Word *)from)[2];
        ((Word *)to)[3] = ((const Word *)from)[3];
    }
    for (; size >= 8; to += 8, from += 8, size -= 8) *(Word *)to = *(const Word *)from;
    if (size & 4) {
        *(Half *)to = *(const Half *)from;
        to += 4;
        from += 4;
    }
    for (size &= 3; size > 0; size--) *to++ = *from++;
    return destination;
}

void *memmove(void *destination, const void *source, size_t size) {
    char *to = destination;
    const char *from = source;
    if ((size_t)(to - from) >= size) return memcpy(destination, source, size);
    if (size >= BULK) return __builtin_memmove(destination, source, size);
    while (size >= 8) {
        size -= 8;
        *(Word *)(to + size) = *(const Word *)(from + size);
    }
    while (size > 0) {
        size--;
        to[size] = from[size];
    }
    return destination;
}

void *memset(void *destination, int byte, size_t size) {
    char *to = destination;
    uint64_t pattern = (uint8_t)byte * 0x0101010101010101ull;
    if (size >= BULK) return __builtin_memset(destination, byte, size);
    for (; size >= 8; to += 8, size -= 8) *(Word *)to = pattern;
    for (; size > 0; size--) *to++ = (char)byte;
    return destination;
}

int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *left = one, *right = other;
    for (; size >= 8 && *(const Word *)left == *(const Word *)right; left += 8, right += 8, size -= 8) {}
    for (; size > 0; left++, right++, size--) {
        if (*left != *right) return *left - *right;
    }
    return 0;
}
