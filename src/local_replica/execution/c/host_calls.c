/* Stable memory and the clock as wasmtime calls them, without Python in between (docs/decisions/0025).
 *
 * What is common happens here; whatever is not (a bound, an error, a charge that has to be settled) is left to the
 * Python function of the same name, before anything was done. `stable.py` does the same in Python.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

enum { KEPT_PAGES = 64, CALL = 500, STABLE_CALL = 20, DIRTY_PAGE = 1000 };
static const uint64_t FOUR_GIB = UINT64_C(1) << 32;

/* One instance's memories and the message at hand; `native.py` has the same fields. */
typedef struct {
    uint8_t *heap;
    uint64_t heap_size;
    uint8_t *stable;
    uint64_t stable_size;
    uint64_t high;           /* no byte at or above it is written */
    uint64_t committed_high; /* the same before the message */
    uint8_t *touched;        /* a bit for each page that the message wrote */
    uint64_t *pages;         /* those pages in the order of their first write */
    uint64_t count, room;
    uint8_t *saved; /* what stood in those below committed_high, in the same order */
    uint64_t saved_count, saved_room;
    int64_t charged, settle_at;
    uint64_t time;
    uint64_t has_time; /* the entry point may ask for it */
    uint8_t *accessed; /* a bit for each page that the message read or wrote */
    uint64_t accessed_count, first_accessed, end_accessed;
    uint64_t page_limit; /* pages that a message may access, and as many that it may write */
} State;

typedef struct {
    uint64_t low, high;
} Slot;

typedef void *(*Callback)(void *, void *, Slot *, size_t);

typedef struct {
    State *state;
    Callback python;
} Import;

static bool affordable(const State *state, uint64_t instructions) {
    return state->charged <= state->settle_at && instructions <= (uint64_t)(state->settle_at - state->charged);
}

static bool inside(uint64_t start, uint64_t length, uint64_t size) {
    return length <= size && start <= size - length;
}

static bool save(State *state, uint64_t page) {
    if (!make_room((void **)&state->pages, &state->room, state->count + 1, sizeof *state->pages)) return false;
    if (page * PAGE < state->committed_high) {
        if (!make_room((void **)&state->saved, &state->saved_room, state->saved_count + 1, PAGE)) return false;
        memcpy(state->saved + state->saved_count++ * PAGE, state->stable + page * PAGE, PAGE);
    }
    state->pages[state->count++] = page;
    state->touched[page / 8] |= 1u << page % 8;
    return true;
}

/* Notes that the message accesses `length` > 0 bytes within bounds; whether it may. */
bool stable_access(State *state, uint64_t offset, uint64_t length) {
    uint64_t first = offset / PAGE, end = (offset + length - 1) / PAGE + 1;
    for (uint64_t page = first; page < end; page++) {
        uint8_t bit = 1u << page % 8;
        state->accessed_count += !(state->accessed[page / 8] & bit);
        state->accessed[page / 8] |= bit;
    }
    if (state->first_accessed == state->end_accessed) state->first_accessed = first;
    if (first < state->first_accessed) state->first_accessed = first;
    if (end > state->end_accessed) state->end_accessed = end;
    return state->accessed_count <= state->page_limit;
}

/* Copies `length` > 0 bytes within bounds; how many pages the message first touched, -1 without memory to save them. */
int64_t stable_copy_from(State *state, const void *source, uint64_t offset, uint64_t length) {
    uint64_t before = state->count;
    for (uint64_t page = offset / PAGE; page <= (offset + length - 1) / PAGE; page++) {
        if (!(state->touched[page / 8] & 1u << page % 8) && !save(state, page)) return -1;
    }
    memcpy(state->stable + offset, source, length);
    if (offset + length > state->high) state->high = offset + length;
    return (int64_t)(state->count - before);
}

static void forget(State *state) {
    for (uint64_t at = 0; at < state->count; at++) state->touched[state->pages[at] / 8] = 0;
    state->count = state->saved_count = 0;
    uint64_t start = state->first_accessed / 8, end = (state->end_accessed + 7) / 8;
    if (end > start) memset(state->accessed + start, 0, end - start);
    state->accessed_count = state->first_accessed = state->end_accessed = 0;
    if (state->saved_room > KEPT_PAGES) { /* one large message must not hold memory for ever */
        free(state->saved);
        state->saved = NULL;
        state->saved_room = 0;
    }
}

void stable_commit(State *state) {
    forget(state);
    state->committed_high = state->high;
}

/* Puts saved pages back; what lies above them is for the caller to drop. */
void stable_rollback(State *state) {
    uint64_t saved = 0;
    for (uint64_t at = 0; at < state->count; at++) {
        uint64_t offset = state->pages[at] * PAGE;
        if (offset < state->committed_high) memcpy(state->stable + offset, state->saved + saved++ * PAGE, PAGE);
    }
    forget(state);
    state->high = state->committed_high;
}

void stable_free(State *state) {
    free(state->pages);
    free(state->saved);
    state->pages = NULL;
    state->saved = NULL;
}

static void *read_stable(Import *import, void *caller, Slot *slots, size_t count, uint64_t mask) {
    State *state = import->state;
    uint64_t target = slots[0].low & mask, offset = slots[1].low & mask, size = slots[2].low & mask;
    if (!inside(offset, size, state->stable_size) || !inside(target, size, state->heap_size) ||
        !affordable(state, STABLE_CALL + size) || (size && !stable_access(state, offset, size)))
        return import->python(NULL, caller, slots, count);
    state->charged += STABLE_CALL + size;
    memcpy(state->heap + target, state->stable + offset, size);
    return NULL;
}

static void *write_stable(Import *import, void *caller, Slot *slots, size_t count, uint64_t mask) {
    State *state = import->state;
    uint64_t offset = slots[0].low & mask, source = slots[1].low & mask, size = slots[2].low & mask;
    if (!size || !inside(offset, size, state->stable_size) || !inside(source, size, state->heap_size) ||
        !affordable(state, STABLE_CALL + size) || !stable_access(state, offset, size))
        return import->python(NULL, caller, slots, count);
    int64_t pages = stable_copy_from(state, state->heap + source, offset, size);
    if (pages < 0) return import->python(NULL, caller, slots, count);
    state->charged += STABLE_CALL + size + pages * DIRTY_PAGE;
    return NULL;
}

void *call_stable64_read(Import *import, void *caller, Slot *slots, size_t count) {
    return read_stable(import, caller, slots, count, UINT64_MAX);
}

void *call_stable64_write(Import *import, void *caller, Slot *slots, size_t count) {
    return write_stable(import, caller, slots, count, UINT64_MAX);
}

void *call_stable_read(Import *import, void *caller, Slot *slots, size_t count) {
    if (import->state->stable_size > FOUR_GIB) return import->python(NULL, caller, slots, count);
    return read_stable(import, caller, slots, count, UINT32_MAX);
}

void *call_stable_write(Import *import, void *caller, Slot *slots, size_t count) {
    if (import->state->stable_size > FOUR_GIB) return import->python(NULL, caller, slots, count);
    return write_stable(import, caller, slots, count, UINT32_MAX);
}

void *call_time(Import *import, void *caller, Slot *slots, size_t count) {
    State *state = import->state;
    if (!state->has_time || !affordable(state, CALL)) return import->python(NULL, caller, slots, count);
    state->charged += CALL;
    slots[0].low = state->time;
    return NULL;
}
