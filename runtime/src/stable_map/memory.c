/* Up to 255 memories within the one stable memory (ic-stable-structures 0.5.6, memory_manager.rs, layout V1). */
#include "stable_map/map.h"

enum {
    BUCKET_PAGES = 128,
    MAX_BUCKETS = 32768,
    UNALLOCATED = 255,
    COUNT_AT = 4,
    BUCKET_PAGES_AT = 6,
    SIZES_AT = 40,
    OWNERS_AT = SIZES_AT + 8 * MEMORIES,
    BUCKETS_AT = STABLE_PAGE,
};

static const char magic[4] = "MGR\1";

static uint64_t bucket_address(const Manager *manager, uint64_t bucket) {
    return BUCKETS_AT + bucket * manager->bucket_bytes;
}

static void set_bucket_pages(Manager *manager, uint16_t pages) {
    manager->bucket_bytes = (uint64_t)pages * STABLE_PAGE;
    manager->bucket_shift = (pages & (pages - 1)) == 0 ? (uint32_t)__builtin_ctzll(manager->bucket_bytes) : 0;
}

static int lay_out(Manager *manager) {
    uint8_t *header = PyMem_Calloc(1, OWNERS_AT + MAX_BUCKETS);
    const uint16_t bucket_pages = BUCKET_PAGES;
    if (header == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(header, magic, sizeof magic);
    memcpy(header + BUCKET_PAGES_AT, &bucket_pages, sizeof bucket_pages);
    memset(header + OWNERS_AT, UNALLOCATED, MAX_BUCKETS);
    int result = system_write(manager->source, 0, header, OWNERS_AT + MAX_BUCKETS);
    PyMem_Free(header);
    return result;
}

static int add_bucket(Manager *manager, uint32_t id, uint32_t bucket) {
    Region *region = &manager->regions[id];
    if ((region->count & (region->count - 1)) == 0) { /* full at every power of two */
        size_t room = region->count == 0 ? 1 : 2 * (size_t)region->count;
        uint16_t *buckets = PyMem_Realloc(region->buckets, room * sizeof *buckets);
        if (buckets == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        region->buckets = buckets;
    }
    region->buckets[region->count++] = (uint16_t)bucket;
    region->end = region->count * manager->bucket_bytes;
    return 0;
}

static int take_owners(Manager *manager, const uint8_t *owners, uint32_t count) {
    for (uint32_t bucket = 0; bucket < count; bucket++) {
        if (owners[bucket] == UNALLOCATED) return fail(CORRUPTION, "bucket %u belongs to no memory", bucket);
        if (add_bucket(manager, owners[bucket], bucket) < 0) return -1;
    }
    manager->bucket_count = count;
    return 0;
}

static int check_sizes(const Manager *manager, const uint8_t *sizes, Region *regions) {
    uint64_t pages;
    if (system_size(manager->source, &pages) < 0) return -1;
    if (bucket_address(manager, manager->bucket_count) > pages * STABLE_PAGE) {
        return fail(CORRUPTION, "stable memory is shorter than its buckets");
    }
    for (uint32_t id = 0; id < MEMORIES; id++) {
        memcpy(&regions[id].pages, sizes + 8 * id, 8);
        if (regions[id].pages > regions[id].count * (manager->bucket_bytes / STABLE_PAGE)) {
            return fail(CORRUPTION, "memory %u is larger than its buckets", id);
        }
    }
    return 0;
}

static int load(Manager *manager) {
    uint8_t header[OWNERS_AT], owners[MAX_BUCKETS];
    uint16_t count, bucket_pages;
    if (system_read(manager->source, 0, header, sizeof header) < 0) return -1;
    memcpy(&count, header + COUNT_AT, sizeof count);
    memcpy(&bucket_pages, header + BUCKET_PAGES_AT, sizeof bucket_pages);
    if (memcmp(header, magic, sizeof magic) != 0 || bucket_pages == 0 || count > MAX_BUCKETS) {
        return fail(CORRUPTION, "stable memory does not hold a memory manager of version 1");
    }
    set_bucket_pages(manager, bucket_pages);
    if (system_read(manager->source, OWNERS_AT, owners, count) < 0) return -1;
    if (take_owners(manager, owners, count) < 0) return -1;
    return check_sizes(manager, header + SIZES_AT, manager->regions);
}

/* Opens what is there, or lays out a memory that was never written to. */
int manager_open(Manager *manager) {
    uint64_t pages;
    uint8_t first[3] = {0, 0, 0};
    set_bucket_pages(manager, BUCKET_PAGES);
    if (system_size(manager->source, &pages) < 0) return -1;
    if (pages == 0) return system_grow(manager->source, 1) < 0 ? -1 : lay_out(manager);
    if (system_read(manager->source, 0, first, sizeof first) < 0) return -1;
    return first[0] == 0 && first[1] == 0 && first[2] == 0 ? lay_out(manager) : load(manager);
}

void manager_close(Manager *manager) {
    for (uint32_t id = 0; id < MEMORIES; id++) PyMem_Free(manager->regions[id].buckets);
    Py_CLEAR(manager->source);
}

uint64_t memory_pages(const Memory *memory) { return memory->manager->regions[memory->id].pages; }

/* Whether the buckets of a memory hold these addresses. */
int memory_holds(const Memory *memory, uint64_t offset, uint64_t size) {
    uint64_t end = memory->manager->regions[memory->id].end;
    return offset <= end && size <= end - offset;
}

static int allot(Manager *manager, uint32_t id, uint64_t wanted) {
    Region *region = &manager->regions[id];
    if (wanted > region->count && manager->bucket_count + (wanted - region->count) > MAX_BUCKETS) {
        return fail(FULL, "memory %u: more than %d buckets", id, MAX_BUCKETS);
    }
    while (region->count < wanted) {
        const uint8_t owner = (uint8_t)id;
        if (add_bucket(manager, id, manager->bucket_count) < 0) return -1;
        if (system_write(manager->source, OWNERS_AT + manager->bucket_count, &owner, 1) < 0) return -1;
        manager->bucket_count++;
    }
    return 0;
}

static int grow_system(Manager *manager) {
    uint64_t pages, needed = bucket_address(manager, manager->bucket_count) / STABLE_PAGE;
    if (system_size(manager->source, &pages) < 0) return -1;
    return needed > pages ? system_grow(manager->source, needed - pages) : 0;
}

/* Makes a memory `pages` large, with buckets where they are needed. */
static int grow(Manager *manager, uint32_t id, uint64_t pages) {
    uint64_t bucket_pages = manager->bucket_bytes / STABLE_PAGE;
    if (allot(manager, id, pages / bucket_pages + (pages % bucket_pages != 0)) < 0) return -1;
    if (grow_system(manager) < 0) return -1;
    const uint16_t count = (uint16_t)manager->bucket_count;
    manager->regions[id].pages = pages;
    if (system_write(manager->source, COUNT_AT, &count, sizeof count) < 0) return -1;
    return system_write(manager->source, SIZES_AT + 8 * id, &pages, sizeof pages);
}

static int out_of_bounds(const Memory *memory, uint64_t end) {
    return fail(CORRUPTION, "memory %u ends before %llu", memory->id, (unsigned long long)end);
}

/* Where an address is, and how many bytes follow it in the same bucket. */
static uint64_t locate(const Memory *memory, uint64_t offset, uint64_t *following) {
    const Manager *manager = memory->manager;
    uint64_t bucket = manager->bucket_shift != 0 ? offset >> manager->bucket_shift : offset / manager->bucket_bytes;
    uint64_t start = offset - bucket * manager->bucket_bytes;
    *following = manager->bucket_bytes - start;
    return bucket_address(manager, manager->regions[memory->id].buckets[bucket]) + start;
}

typedef int Mover(PyObject *source, uint64_t at, uint8_t *bytes, size_t size);

/* From bucket to bucket. */
static int move_parts(const Memory *memory, uint64_t offset, uint8_t *bytes, size_t size, Mover *move) {
    while (size > 0) {
        uint64_t following, at = locate(memory, offset, &following);
        size_t part = size < following ? size : (size_t)following;
        if (move(memory->manager->source, at, bytes, part) < 0) return -1;
        offset += part;
        bytes += part;
        size -= part;
    }
    return 0;
}

static int read_part(PyObject *source, uint64_t at, uint8_t *bytes, size_t size) {
    return system_read(source, at, bytes, size);
}

static int write_part(PyObject *source, uint64_t at, uint8_t *bytes, size_t size) {
    return system_write(source, at, bytes, size);
}

int memory_read(const Memory *memory, uint64_t offset, void *destination, size_t size) {
    uint64_t following, at;
    if (!memory_holds(memory, offset, size)) return out_of_bounds(memory, offset + size);
    if (size == 0) return 0;
    at = locate(memory, offset, &following);
    if (size <= following) return system_read(memory->manager->source, at, destination, size);
    return move_parts(memory, offset, destination, size, read_part);
}

static int make_pages(const Memory *memory, uint64_t offset, uint64_t end) {
    uint64_t pages = end / STABLE_PAGE + (end % STABLE_PAGE != 0);
    if (end < offset) return out_of_bounds(memory, offset);
    return pages > memory_pages(memory) ? grow(memory->manager, memory->id, pages) : 0;
}

/* Grows the memory where it ends before the bytes do. */
int memory_write(const Memory *memory, uint64_t offset, const void *bytes, size_t size) {
    uint64_t following, at, end = offset + size;
    if ((end < offset || end > memory_pages(memory) * STABLE_PAGE) && make_pages(memory, offset, end) < 0) return -1;
    if (size == 0) return 0;
    at = locate(memory, offset, &following);
    if (size <= following) return system_write(memory->manager->source, at, bytes, size);
    return move_parts(memory, offset, (uint8_t *)bytes, size, write_part);
}
