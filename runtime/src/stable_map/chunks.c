/* Chunks of one size from a free list (ic-stable-structures 0.5.6, btreemap/allocator.rs, layout V1). */
#include "stable_map/map.h"

static const char magic[4] = "BTA\1", chunk_magic[4] = "CHK\1";

typedef struct {
    char magic[4], unused[4];
    uint64_t size, used, free;
    char reserved[16];
} Header;
typedef struct {
    char magic[4];
    uint8_t used, unused[3];
    uint64_t next;
} Chunk;
_Static_assert(sizeof(Header) == 48, "as in stable memory");
_Static_assert(sizeof(Chunk) == 16, "as in stable memory");

static int write_chunk(const Memory *memory, uint64_t address, int used, uint64_t next) {
    Chunk chunk = {.used = (uint8_t)used, .next = next};
    memcpy(chunk.magic, chunk_magic, sizeof chunk_magic);
    return memory_write(memory, address, &chunk, sizeof chunk);
}

static int read_chunk(const Memory *memory, uint64_t address, int used, uint64_t *next) {
    Chunk chunk;
    if (memory_read(memory, address, &chunk, sizeof chunk) < 0) return -1;
    if (memcmp(chunk.magic, chunk_magic, sizeof chunk_magic) != 0 || (chunk.used != 0) != used) {
        return fail(CORRUPTION, "there is no %s chunk at %llu", used ? "used" : "free", (unsigned long long)address);
    }
    *next = chunk.next;
    return 0;
}

static int save(const Chunks *chunks, const Memory *memory) {
    const uint64_t counters[2] = {chunks->used, chunks->free};
    return memory_write(memory, chunks->address + offsetof(Header, used), counters, sizeof counters);
}

/* Writes an allocator that has allocated nothing. */
int chunks_create(Chunks *chunks, const Memory *memory, uint64_t address, uint64_t size) {
    Header header = {.size = size, .free = address + sizeof(Header)};
    memcpy(header.magic, magic, sizeof magic);
    *chunks = (Chunks){address, size, 0, header.free};
    if (memory_write(memory, address, &header, sizeof header) < 0) return -1;
    return write_chunk(memory, header.free, 0, 0);
}

int chunks_load(Chunks *chunks, const Memory *memory, uint64_t address, uint64_t size) {
    Header header;
    if (memory_read(memory, address, &header, sizeof header) < 0) return -1;
    if (memcmp(header.magic, magic, sizeof magic) != 0 || header.size != size) {
        return fail(CORRUPTION, "a map's allocator is damaged");
    }
    *chunks = (Chunks){address, size, header.used, header.free};
    return 0;
}

int chunks_allocate(Chunks *chunks, const Memory *memory, uint64_t *address) {
    uint64_t chunk = chunks->free, next;
    if (read_chunk(memory, chunk, 0, &next) < 0 || write_chunk(memory, chunk, 1, next) < 0) return -1;
    chunks->free = next;
    if (next == 0) {
        chunks->free = chunk + chunks->size + sizeof(Chunk);
        if (write_chunk(memory, chunks->free, 0, 0) < 0) return -1;
    }
    chunks->used++;
    *address = chunk + sizeof(Chunk);
    return save(chunks, memory);
}

int chunks_free(Chunks *chunks, const Memory *memory, uint64_t address) {
    uint64_t chunk = address - sizeof(Chunk), next;
    if (read_chunk(memory, chunk, 1, &next) < 0 || write_chunk(memory, chunk, 0, chunks->free) < 0) return -1;
    chunks->free = chunk;
    chunks->used--;
    return save(chunks, memory);
}
