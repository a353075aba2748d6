/* Maps on stable memory, in the byte layout of ic-stable-structures 0.5.6; the Python version in
 * src/canister_runtime/stable says what the parts are and is what this is tested against.
 *
 * Functions that can fail return -1 with a Python exception set. Of inner nodes the heap keeps counts, children and short
 * keys (kept.c), of entries nothing. */
#ifndef VEX_STABLE_MAP_H
#define VEX_STABLE_MAP_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>

enum { STABLE_PAGE = 65536, MEMORIES = 255, CAPACITY = 11, SPARE = 6, MAX_DEPTH = 40 };

/* The system's four functions; `source` is the object that a manager was made with. */
int system_size(PyObject *source, uint64_t *pages);
int system_grow(PyObject *source, uint64_t pages);
int system_read(PyObject *source, uint64_t offset, void *destination, size_t size);
int system_write(PyObject *source, uint64_t offset, const void *bytes, size_t size);

/* errors.c */
typedef enum { CORRUPTION, FULL, NOT_ORDERED, KEY_TOO_LARGE, VALUE_TOO_LARGE, ERROR_KINDS } StableError;
int load_stable_errors(void);
int fail(StableError kind, const char *format, ...);
int fail_size(StableError kind, size_t limit, size_t found);
int is_damage(void);

/* memory.c: up to 255 memories in one */
typedef struct {
    uint64_t pages, end; /* `end` is that of its buckets */
    uint32_t count;
    uint16_t *buckets;
} Region;
typedef struct {
    PyObject_HEAD
    PyObject *source;
    uint64_t bucket_bytes;
    uint32_t bucket_shift; /* bucket_bytes as a power of two, or 0 */
    uint32_t bucket_count;
    Region regions[MEMORIES];
} Manager;
int manager_open(Manager *manager);
void manager_close(Manager *manager);
typedef struct {
    Manager *manager;
    uint32_t id;
} Memory;
uint64_t memory_pages(const Memory *memory);
int memory_holds(const Memory *memory, uint64_t offset, uint64_t size);
int memory_read(const Memory *memory, uint64_t offset, void *destination, size_t size);
int memory_write(const Memory *memory, uint64_t offset, const void *bytes, size_t size);

/* chunks.c: the allocator of a map's nodes */
typedef struct {
    uint64_t address, size, used, free;
} Chunks;
int chunks_create(Chunks *chunks, const Memory *memory, uint64_t address, uint64_t size);
int chunks_load(Chunks *chunks, const Memory *memory, uint64_t address, uint64_t size);
int chunks_allocate(Chunks *chunks, const Memory *memory, uint64_t *address);
int chunks_free(Chunks *chunks, const Memory *memory, uint64_t address);

/* order.c: by what encoded keys compare; order_read fills in what order_compare looks at */
typedef enum { BY_OBJECT, BY_UNSIGNED, BY_SIGNED, BY_BYTES, BY_PRINCIPAL } OrderKind;
typedef struct {
    OrderKind kind;
    uint32_t start, width; /* where the value begins behind the Candid header; bytes of a number */
    PyObject *function, *known; /* from an encoded key to what it compares by; what it gave for recent keys */
} Order;
typedef struct {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t content_size; /* of texts, blobs, principals */
    const uint8_t *content;
    uint64_t number; /* of numbers: compares unsigned */
    PyObject *value; /* of all else */
} Key;
int order_read(const Order *order, Key *key);
int order_read_stored(const Order *order, Key *key);
int order_compare(const Order *order, const Key *one, const Key *other, int *result);

/* node.c: nodes and entries, moved within stable memory */
typedef struct {
    uint64_t address;
    uint32_t count;
    int is_leaf, depth; /* the root's depth is 0 */
} Node;
typedef struct {
    uint32_t key_size, value_size;
    size_t capacity;
    uint8_t *bytes; /* as a slot begins: size and key, at `value_at` size and value */
    size_t value_at;
    int borrowed; /* `bytes` are the caller's */
} Entry;
typedef struct Kept Kept;
typedef struct {
    PyObject_HEAD
    Memory memory;
    Chunks chunks;
    Order order;
    uint64_t root, length, stride, node_size;
    uint32_t max_key, max_value;
    Entry moved;
    Kept **kept;
    uint32_t kept_slots, rank_size;
} Map;
typedef struct {
    uint32_t count;
    uint64_t addresses[CAPACITY + 1];
} Children;

void entry_free(Entry *entry);
int entry_set(Map *map, Entry *entry, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size);
Key entry_key(const Entry *entry);
int node_load(Map *map, uint64_t address, int depth, Node *node);
int node_allocate(Map *map, int is_leaf, int depth, Node *node);
int node_free(Map *map, const Node *node);
int node_child(Map *map, const Node *node, uint32_t index, Node *child);
int node_search(Map *map, const Node *node, const Key *key, uint32_t *index, int *found);
int node_read_key(Map *map, const Node *node, uint32_t index, PyObject **key);
int node_read_value(Map *map, const Node *node, uint32_t index, PyObject **value);
int node_value_size(Map *map, const Node *node, uint32_t index, uint32_t *size);
int node_value_bytes(Map *map, const Node *node, uint32_t index, uint8_t *bytes, uint32_t size);
int node_read_entry(Map *map, const Node *node, uint32_t index, Entry *entry);
int node_write_entry(Map *map, const Node *node, uint32_t index, const Entry *entry);
int node_move(Map *map, const Node *from, uint32_t first, uint32_t count, const Node *to, uint32_t at);
int node_read_children(Map *map, const Node *node, Children *children);
int node_save(Map *map, const Node *node, const Children *children);
int children_insert(Children *children, uint32_t index, uint64_t address);
uint64_t children_remove(Children *children, uint32_t index);

/* kept.c: what the heap keeps of inner nodes and the root; a part is known once it was read or written */
struct Kept {
    uint64_t address; /* 0: of no node */
    uint8_t count, is_leaf, depth;
    uint16_t keys, children; /* which are known, by bits */
    uint64_t addresses[CAPACITY + 1];
    uint8_t ranks[]; /* what the keys compare by, `rank_size` bytes each */
};
static inline int keeps_numbers(const Map *map) {
    return map->order.kind == BY_UNSIGNED || map->order.kind == BY_SIGNED;
}
static inline uint64_t kept_number(const Kept *kept, uint32_t index) {
    uint64_t number;
    memcpy(&number, kept->ranks + index * sizeof number, sizeof number);
    return number;
}
void kept_prepare(Map *map);
void kept_forget(Map *map);
size_t kept_bytes(const Map *map);
void kept_free(Map *map);
Kept *kept_find(const Map *map, uint64_t address);
void kept_take(Map *map, const Node *node);
void kept_drop(Map *map, uint64_t address);
void kept_set_key(const Map *map, Kept *kept, uint32_t index, const Key *key);
void kept_get_key(const Map *map, const Kept *kept, uint32_t index, Key *key);
void kept_set_children(Kept *kept, const Node *node, const Children *children);

/* tree.c, removal.c: the map's operations; `former` (a new reference, None) may be NULL */
int map_open(Map *map);
int map_load(Map *map);
int map_save_counters(Map *map);
int map_find(Map *map, Key *key, Node *node, uint32_t *index, int *found);
int map_insert(Map *map, Key *key, const Entry *entry, PyObject **former);
int map_remove(Map *map, Key *key, PyObject **former);
int map_walk(Map *map, PyObject *list, int keys, int values);
int too_deep(void);

/* module.c, front.c: what Python calls; of keys and values `bytes` and `size` are given. A `decoder` is a function from
 * bytes to the value, or NULL for the bytes themselves. */
PyObject *stable_get(Map *map, Key *key, PyObject *decoder);
PyObject *stable_contains(Map *map, Key *key);
PyObject *stable_insert(Map *map, Key *key, const Key *value);
PyObject *stable_remove(Map *map, Key *key);
extern PyTypeObject map_type, front_type;

#endif
