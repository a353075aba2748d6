/* Copying and comparing in loops of sixteen and eight bytes.
 *
 * The IC charges a bulk instruction 100 and one for each byte, and wasi-libc goes byte by byte. A vector instruction moves
 * sixteen bytes for the price of one: a long block costs 0.4 a byte. */
#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

typedef uint64_t __attribute__((aligned(1), may_alias)) Word;
typedef uint32_t __attribute__((aligned(1), may_alias)) Half;

static inline void move_vector(char *to, const char *from) { wasm_v128_store(to, wasm_v128_load(from)); }

void *memcpy(void *restrict destination, const void *restrict source, size_t size) {
    char *to = destination;
    const char *from = source;
    for (; size >= 128; to += 128, from += 128, size -= 128) {
#pragma clang loop unroll(full)
        for (size_t at = 0; at < 128; at += 16) move_vector(to + at, from + at);
    }
    for (; size >= 16; to += 16, from += 16, size -= 16) move_vector(to, from);
    if (size & 8) {
        *(Word *)to = *(const Word *)from;
        to += 8;
        from += 8;
    }
    if (size & 4) {
        *(Half *)to = *(const Half *)from;
        to += 4;
        from += 4;
    }
    for (size &= 3; size > 0; size--) *to++ = *from++;
    return destination;
}

/* To a higher place that overlaps: from the end. */
static void move_up(char *to, const char *from, size_t size) {
    for (; size >= 64; size -= 64) {
        v128_t last = wasm_v128_load(from + size - 16), third = wasm_v128_load(from + size - 32);
        v128_t second = wasm_v128_load(from + size - 48), first = wasm_v128_load(from + size - 64);
        wasm_v128_store(to + size - 16, last);
        wasm_v128_store(to + size - 32, third);
        wasm_v128_store(to + size - 48, second);
        wasm_v128_store(to + size - 64, first);
    }
    for (; size >= 8; size -= 8) *(Word *)(to + size - 8) = *(const Word *)(from + size - 8);
    while (size > 0) {
        size--;
        to[size] = from[size];
    }
}

void *memmove(void *destination, const void *source, size_t size) {
    if ((size_t)((char *)destination - (const char *)source) >= size) return memcpy(destination, source, size);
    move_up(destination, source, size);
    return destination;
}

void *memset(void *destination, int byte, size_t size) {
    char *to = destination;
    v128_t pattern = wasm_i8x16_splat((int8_t)byte);
    for (; size >= 128; to += 128, size -= 128) {
#pragma clang loop unroll(full)
        for (size_t at = 0; at < 128; at += 16) wasm_v128_store(to + at, pattern);
    }
    for (; size >= 16; to += 16, size -= 16) wasm_v128_store(to, pattern);
    if (size & 8) {
        wasm_v128_store64_lane(to, pattern, 0);
        to += 8;
    }
    for (size &= 7; size > 0; size--) *to++ = (char)byte;
    return destination;
}

int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *left = one, *right = other;
    for (; size >= 32; left += 32, right += 32, size -= 32) {
        v128_t first = wasm_v128_xor(wasm_v128_load(left), wasm_v128_load(right));
        v128_t second = wasm_v128_xor(wasm_v128_load(left + 16), wasm_v128_load(right + 16));
        if (wasm_v128_any_true(wasm_v128_or(first, second))) break;
    }
    for (; size >= 8 && *(const Word *)left == *(const Word *)right; left += 8, right += 8, size -= 8) {}
    for (; size > 0; left++, right++, size--) {
        if (*left != *right) return *left - *right;
    }
    return 0;
}
