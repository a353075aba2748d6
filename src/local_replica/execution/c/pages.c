/* Which pages of a linear memory a message changed, and what becomes of them (docs/decisions/0003, 0025).
 *
 * `heap.py` does the same in Python. Nothing here needs the interpreter: threads run it beside each other.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "room.h"

enum { REGIONS = 512 };
static const unsigned long SCAN = 0xC0606610; /* PAGEMAP_SCAN, Linux 6.7 */
static const uint64_t IS_FILE = 1 << 2, IS_PRESENT = 1 << 3, IS_SWAPPED = 1 << 4;
static const uint8_t ZEROS[PAGE];

typedef struct {
    uint64_t start, end; /* offsets in bytes */
} Run;

/* What a message did to one memory; `native.py` has the same fields. */
typedef struct {
    Run *runs; /* private pages */
    uint64_t run_count, run_room;
    uint64_t *changed; /* numbers of the pages that differ from what is committed */
    uint64_t changed_count, changed_room;
    uint64_t private_bytes;
} Changes;

/* The kernel's `struct pm_scan_arg` and `struct page_region`. */
typedef struct {
    uint64_t size, flags, start, end, walk_end, regions, region_count, max_pages;
    uint64_t inverted, mask, any_of, returned;
} ScanArgument;
typedef struct {
    uint64_t start, end, categories;
} Region;

static bool note(Changes *changes, uint64_t at) {
    if (!make_room((void **)&changes->changed, &changes->changed_room, changes->changed_count + 1, sizeof at))
        return false;
    changes->changed[changes->changed_count++] = at / PAGE;
    return true;
}

static bool compare(Changes *changes, const uint8_t *base, const uint8_t *view, uint64_t size, Run run) {
    for (uint64_t at = run.start; at < run.end; at += PAGE) {
        if (memcmp(base + at, at < size ? view + at : ZEROS, PAGE) && !note(changes, at)) return false;
    }
    return true;
}

/* Lists private pages of `extent` bytes at `base`, and those that differ from `size` bytes at `view` (zeros beyond).
 * 0, or an errno: of the kernel where it lacks the call. */
int pages_find(Changes *changes, int page_map, const uint8_t *base, const uint8_t *view, uint64_t size, uint64_t extent) {
    Region regions[REGIONS];
    uint64_t origin = (uint64_t)base, position = origin, end = origin + extent;
    changes->run_count = changes->changed_count = changes->private_bytes = 0;
    while (position < end) {
        ScanArgument argument = {
            .size = sizeof argument, .start = position, .end = end, .regions = (uint64_t)regions,
            .region_count = REGIONS, .inverted = IS_FILE, .mask = IS_FILE, .any_of = IS_PRESENT | IS_SWAPPED,
            .returned = IS_PRESENT};
        int count = ioctl(page_map, SCAN, &argument);
        if (count < 0) return errno;
        if (!make_room((void **)&changes->runs, &changes->run_room, changes->run_count + count, sizeof(Run)))
            return ENOMEM;
        for (int at = 0; at < count; at++) {
            Run run = {regions[at].start - origin, regions[at].end - origin};
            changes->runs[changes->run_count++] = run;
            changes->private_bytes += run.end - run.start;
            if (!compare(changes, base, view, size, run)) return ENOMEM;
        }
        position = count < REGIONS ? end : argument.walk_end;
    }
    return 0;
}

/* Copies the changed pages to where they are committed. */
void pages_keep(const Changes *changes, const uint8_t *base, uint8_t *view) {
    for (uint64_t at = 0; at < changes->changed_count; at++) {
        memcpy(view + changes->changed[at] * PAGE, base + changes->changed[at] * PAGE, PAGE);
    }
}

/* Copies back what is committed. */
void pages_undo(const Changes *changes, uint8_t *base, const uint8_t *view) {
    for (uint64_t at = 0; at < changes->changed_count; at++) {
        memcpy(base + changes->changed[at] * PAGE, view + changes->changed[at] * PAGE, PAGE);
    }
}

void pages_free(Changes *changes) {
    free(changes->runs);
    free(changes->changed);
    memset(changes, 0, sizeof *changes);
}
