/* Zeroes what is free, before the memory becomes an image: remains of freed objects would be stored and installed.
 *
 * With growth forbidden the allocators are emptied, every block is zeroed, and all are given back. */
#include <Python.h>
#include <errno.h>
#include <stdlib.h>

#include "image.h"

enum { SMALLEST = 16, LARGEST_SMALL = 512, LARGEST = 1 << 20, PAGE = 65536 };

typedef struct Block {
    struct Block *next;
} Block;

/* volatile: the compiler takes it for granted that malloc reads no variable of ours. */
static volatile int growth_forbidden;
static volatile int arena_wanted;

/* In the place of wasi-libc's: malloc's only way to more memory, in whole pages. */
void *sbrk(intptr_t size) {
    if (size == 0) return (void *)(__builtin_wasm_memory_size(0) * PAGE);
    size_t pages = growth_forbidden ? SIZE_MAX : __builtin_wasm_memory_grow(0, (size_t)size / PAGE);
    if (pages != SIZE_MAX) return (void *)(pages * PAGE);
    errno = ENOMEM;
    return (void *)-1;
}

static void *refuse_arena(void *context, size_t size) {
    arena_wanted = 1;
    return NULL;
}

static Block *zeroed(void *memory, size_t size, Block *next) {
    Block *block = memset(memory, 0, size);
    block->next = next;
    return block;
}

/* All free blocks of one of CPython's size classes; the last one tried is malloc's and goes back at once. */
static void sweep_size_class(size_t size) {
    Block *blocks = NULL;
    arena_wanted = 0;
    for (;;) {
        void *memory = PyObject_Malloc(size);
        if (memory == NULL) break;
        if (arena_wanted) {
            PyObject_Free(memory);
            break;
        }
        blocks = zeroed(memory, size, blocks);
    }
    while (blocks != NULL) {
        Block *block = blocks;
        blocks = block->next;
        block->next = NULL;
        PyObject_Free(block);
    }
}

static void sweep_objects(void) {
    PyObjectArenaAllocator usual, refusing;
    PyObject_GetArenaAllocator(&usual);
    refusing = usual;
    refusing.alloc = refuse_arena;
    PyObject_SetArenaAllocator(&refusing);
    for (size_t size = SMALLEST; size <= LARGEST_SMALL; size += SMALLEST) sweep_size_class(size);
    PyObject_SetArenaAllocator(&usual);
}

static void sweep_heap(void) {
    Block *blocks = NULL;
    growth_forbidden = 1;
    for (size_t size = LARGEST; size >= SMALLEST; size /= 2) {
        void *memory;
        while ((memory = malloc(size)) != NULL) blocks = zeroed(memory, size, blocks);
    }
    growth_forbidden = 0;
    while (blocks != NULL) {
        Block *block = blocks;
        blocks = block->next;
        block->next = NULL;
        free(block);
    }
}

void sweep_free_memory(void) {
    sweep_objects();
    sweep_heap();
}
