/* Arrays that grow, and the size of a page. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { PAGE = 4096 };

/* Makes room for `needed` items of `item` bytes; false without memory, and then nothing has changed. */
static inline bool make_room(void **array, uint64_t *room, uint64_t needed, size_t item) {
    if (needed <= *room) return true;
    uint64_t wanted = 2 * *room > needed ? 2 * *room : needed + 64;
    void *larger = realloc(*array, wanted * item);
    if (!larger) return false;
    *array = larger;
    *room = wanted;
    return true;
}
