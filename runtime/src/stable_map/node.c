/* Nodes of the B-tree (ic-stable-structures 0.5.6, btreemap/node.rs, layout V1), read and changed in stable memory.
 *
 * A node is a header, slots (size and key, size and value, each padded to the map's limits) and, behind the last slot in
 * use, the children. Padding stays as it is, as the Rust library leaves it; so a slot is written once in an operation. */
#include "stable_map/map.h"

enum { HEADER = 7, SIZE = 4, KEY_AT_ONCE = 256, BUFFER = 100 };

static const char magic[4] = "BTN\1";

static uint64_t slot(const Map *map, const Node *node, uint32_t index) {
    return node->address + HEADER + index * map->stride;
}

static int damaged(const char *what, const Node *node) {
    return fail(CORRUPTION, "%s in the node at %llu", what, (unsigned long long)node->address);
}

/* Entries in the heap */

static int make_room(Entry *entry, uint64_t size) {
    if (size <= entry->capacity) return 0;
    uint8_t *own = entry->borrowed ? NULL : entry->bytes;
    uint8_t *bytes = size > PY_SSIZE_T_MAX ? NULL : PyMem_Realloc(own, (size_t)size);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (entry->borrowed) memcpy(bytes, entry->bytes, entry->capacity);
    entry->borrowed = 0;
    entry->bytes = bytes;
    entry->capacity = (size_t)size;
    return 0;
}

void entry_free(Entry *entry) {
    if (!entry->borrowed) PyMem_Free(entry->bytes);
    *entry = (Entry){0};
}

/* Short keys keep their padding, so that a whole slot moves at once where the key has no padding. */
static size_t value_place(const Map *map, size_t key_size) {
    return SIZE + (map->max_key <= KEY_AT_ONCE ? map->max_key : key_size);
}

int entry_set(Map *map, Entry *entry, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size) {
    if (key_size > map->max_key) return fail_size(KEY_TOO_LARGE, map->max_key, key_size);
    if (value_size > map->max_value) return fail_size(VALUE_TOO_LARGE, map->max_value, value_size);
    entry->key_size = (uint32_t)key_size;
    entry->value_size = (uint32_t)value_size;
    entry->value_at = value_place(map, key_size);
    if (make_room(entry, (uint64_t)entry->value_at + SIZE + value_size) < 0) return -1;
    memcpy(entry->bytes, &entry->key_size, SIZE);
    memcpy(entry->bytes + SIZE, key, key_size);
    memcpy(entry->bytes + entry->value_at, &entry->value_size, SIZE);
    memcpy(entry->bytes + entry->value_at + SIZE, value, value_size);
    return 0;
}

Key entry_key(const Entry *entry) { return (Key){.bytes = entry->bytes + SIZE, .size = entry->key_size}; }

/* Sizes and key; the value is still to come. */
static int read_beginning(Map *map, const Node *node, uint64_t at, Entry *entry) {
    uint64_t value_at = at + SIZE + map->max_key;
    int at_once = map->max_key <= KEY_AT_ONCE;
    if (make_room(entry, SIZE + (at_once ? map->max_key + SIZE : 0)) < 0) return -1;
    if (memory_read(&map->memory, at, entry->bytes, at_once ? SIZE + map->max_key + SIZE : SIZE) < 0) return -1;
    memcpy(&entry->key_size, entry->bytes, SIZE);
    if (entry->key_size > map->max_key) return damaged("a key is too long", node);
    entry->value_at = value_place(map, entry->key_size);
    if (!at_once) {
        if (!memory_holds(&map->memory, at, map->stride)) return damaged("no slot", node);
        if (make_room(entry, entry->value_at + SIZE) < 0) return -1;
        if (memory_read(&map->memory, at + SIZE, entry->bytes + SIZE, entry->key_size) < 0) return -1;
        if (memory_read(&map->memory, value_at, entry->bytes + entry->value_at, SIZE) < 0) return -1;
    }
    memcpy(&entry->value_size, entry->bytes + entry->value_at, SIZE);
    return entry->value_size > map->max_value ? damaged("a value is too long", node) : 0;
}

int node_read_entry(Map *map, const Node *node, uint32_t index, Entry *entry) {
    uint64_t at = slot(map, node, index), value_at = at + SIZE + map->max_key + SIZE;
    if (read_beginning(map, node, at, entry) < 0) return -1;
    if (!memory_holds(&map->memory, value_at, entry->value_size)) return damaged("no value", node);
    if (make_room(entry, (uint64_t)entry->value_at + SIZE + entry->value_size) < 0) return -1;
    return memory_read(&map->memory, value_at, entry->bytes + entry->value_at + SIZE, entry->value_size);
}

int node_write_entry(Map *map, const Node *node, uint32_t index, const Entry *entry) {
    uint64_t at = slot(map, node, index);
    size_t key_end = SIZE + entry->key_size, value = SIZE + entry->value_size;
    Kept *kept = kept_find(map, node->address);
    if (kept != NULL) {
        Key key = entry_key(entry);
        kept->keys &= (uint16_t)~(1u << index);
        if (map->rank_size != 0 && index < CAPACITY && order_read(&map->order, &key) == 0) {
            kept_set_key(map, kept, index, &key);
        } else {
            PyErr_Clear();
        }
    }
    if (entry->key_size == map->max_key) return memory_write(&map->memory, at, entry->bytes, key_end + value);
    if (memory_write(&map->memory, at, entry->bytes, key_end) < 0) return -1;
    return memory_write(&map->memory, at + SIZE + map->max_key, entry->bytes + entry->value_at, value);
}

/* Moves `count` slots from `first` on; within a node they may overlap. */
int node_move(Map *map, const Node *from, uint32_t first, uint32_t count, const Node *to, uint32_t at) {
    int backwards = from->address == to->address && at > first;
    for (uint32_t step = 0; step < count; step++) {
        uint32_t offset = backwards ? count - 1 - step : step;
        if (node_read_entry(map, from, first + offset, &map->moved) < 0) return -1;
        if (node_write_entry(map, to, at + offset, &map->moved) < 0) return -1;
    }
    return 0;
}

static PyObject *bytes_at(Map *map, uint64_t at, uint64_t size) {
    if (!memory_holds(&map->memory, at, size) || size > PY_SSIZE_T_MAX) {
        fail(CORRUPTION, "memory %u ends before %llu", map->memory.id, (unsigned long long)(at + size));
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (bytes != NULL && memory_read(&map->memory, at, PyBytes_AS_STRING(bytes), (size_t)size) < 0) Py_CLEAR(bytes);
    return bytes;
}

int node_read_key(Map *map, const Node *node, uint32_t index, PyObject **key) {
    uint64_t at = slot(map, node, index);
    uint32_t size;
    if (memory_read(&map->memory, at, &size, SIZE) < 0) return -1;
    if (size > map->max_key) return damaged("a key is too long", node);
    *key = bytes_at(map, at + SIZE, size);
    return *key == NULL ? -1 : 0;
}

int node_value_size(Map *map, const Node *node, uint32_t index, uint32_t *size) {
    if (memory_read(&map->memory, slot(map, node, index) + SIZE + map->max_key, size, SIZE) < 0) return -1;
    return *size > map->max_value ? damaged("a value is too long", node) : 0;
}

int node_value_bytes(Map *map, const Node *node, uint32_t index, uint8_t *bytes, uint32_t size) {
    return memory_read(&map->memory, slot(map, node, index) + SIZE + map->max_key + SIZE, bytes, size);
}

int node_read_value(Map *map, const Node *node, uint32_t index, PyObject **value) {
    uint32_t size;
    if (node_value_size(map, node, index, &size) < 0) return -1;
    *value = bytes_at(map, slot(map, node, index) + SIZE + map->max_key + SIZE, size);
    return *value == NULL ? -1 : 0;
}

/* Nodes */

int node_load(Map *map, uint64_t address, int depth, Node *node) {
    uint8_t header[HEADER];
    uint16_t count;
    Kept *kept = kept_find(map, address);
    if (kept != NULL) {
        *node = (Node){address, kept->count, kept->is_leaf, depth};
        return 0;
    }
    if (memory_read(&map->memory, address, header, HEADER) < 0) return -1;
    memcpy(&count, header + 5, sizeof count);
    *node = (Node){address, count, header[4] == 0, depth};
    if (memcmp(header, magic, sizeof magic) != 0 || header[4] > 1 || count == 0 || count > CAPACITY ||
        !memory_holds(&map->memory, address, map->node_size)) {
        return fail(CORRUPTION, "there is no node at %llu", (unsigned long long)address);
    }
    if (!node->is_leaf || depth == 0) kept_take(map, node);
    return 0;
}

int node_allocate(Map *map, int is_leaf, int depth, Node *node) {
    *node = (Node){0, 0, is_leaf, depth};
    if (chunks_allocate(&map->chunks, &map->memory, &node->address) < 0) return -1;
    kept_drop(map, node->address);
    return 0;
}

int node_free(Map *map, const Node *node) {
    kept_drop(map, node->address);
    return chunks_free(&map->chunks, &map->memory, node->address);
}

int node_child(Map *map, const Node *node, uint32_t index, Node *child) {
    uint64_t address;
    Kept *kept = kept_find(map, node->address);
    if (index > node->count) return damaged("no such child", node);
    if (kept != NULL && kept->count == node->count && (kept->children >> index & 1)) {
        return node_load(map, kept->addresses[index], node->depth + 1, child);
    }
    if (memory_read(&map->memory, slot(map, node, node->count) + 8 * index, &address, sizeof address) < 0) return -1;
    if (kept != NULL && kept->count == node->count) {
        kept->addresses[index] = address;
        kept->children |= (uint16_t)(1u << index);
    }
    return node_load(map, address, node->depth + 1, child);
}

int node_read_children(Map *map, const Node *node, Children *children) {
    children->count = 0;
    if (node->is_leaf) return 0;
    children->count = node->count + 1;
    Kept *kept = kept_find(map, node->address);
    if (kept != NULL && kept->count == node->count && kept->children == (1u << children->count) - 1) {
        memcpy(children->addresses, kept->addresses, 8 * children->count);
        return 0;
    }
    return memory_read(&map->memory, slot(map, node, node->count), children->addresses, 8 * children->count);
}

/* Writes what is not slots: the header, and the children of an inner node. */
int node_save(Map *map, const Node *node, const Children *children) {
    uint8_t header[HEADER];
    const uint16_t count = (uint16_t)node->count;
    memcpy(header, magic, sizeof magic);
    header[4] = !node->is_leaf;
    memcpy(header + 5, &count, sizeof count);
    Kept *kept = kept_find(map, node->address);
    if (kept != NULL) kept_set_children(kept, node, children);
    if (memory_write(&map->memory, node->address, header, HEADER) < 0) return -1;
    if (children->count == 0) return 0;
    return memory_write(&map->memory, slot(map, node, node->count), children->addresses, 8 * children->count);
}

/* Reads a stored key into `buffer` or, when that is too short, into memory that `key->bytes` then owns. */
static int probe(Map *map, const Node *node, uint32_t index, uint8_t *buffer, Key *key) {
    uint64_t at = slot(map, node, index);
    size_t read = SIZE + (map->max_key <= BUFFER - SIZE ? map->max_key : 0);
    if (memory_read(&map->memory, at, buffer, read) < 0) return -1;
    memcpy(&key->size, buffer, SIZE);
    key->bytes = buffer + SIZE;
    if (key->size > map->max_key) return damaged("a key is too long", node);
    if (read > SIZE) return 0;
    uint8_t *bytes = PyMem_Malloc(key->size);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    key->bytes = bytes;
    return memory_read(&map->memory, at + SIZE, bytes, key->size);
}

static int read_and_compare(Map *map, const Node *node, uint32_t index, Kept *kept, const Key *key, int *order) {
    uint8_t buffer[BUFFER];
    Key stored = {.bytes = buffer};
    int failed = probe(map, node, index, buffer, &stored) < 0 || order_read_stored(&map->order, &stored) < 0 ||
                 order_compare(&map->order, key, &stored, order) < 0;
    if (kept != NULL && !failed) kept_set_key(map, kept, index, &stored);
    if (stored.bytes != buffer && stored.bytes != buffer + SIZE) PyMem_Free((void *)stored.bytes);
    Py_XDECREF(stored.value);
    return failed ? -1 : 0;
}

/* Compares a key with one that is stored: 1 where it comes behind, 0 where they are the same. */
static int compare_at(Map *map, const Node *node, uint32_t index, Kept *kept, const Key *key, int *order) {
    if (kept == NULL || !(kept->keys >> index & 1)) return read_and_compare(map, node, index, kept, key, order);
    Key stored = {0};
    kept_get_key(map, kept, index, &stored);
    return order_compare(&map->order, key, &stored, order);
}

/* Where a key stands or belongs, and whether it is there. */
int node_search(Map *map, const Node *node, const Key *key, uint32_t *index, int *found) {
    uint32_t low = 0, high = node->count;
    Kept *kept = map->rank_size == 0 ? NULL : kept_find(map, node->address);
    const int numbers = kept != NULL && keeps_numbers(map);
    *found = 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = 0;
        if (numbers && (kept->keys >> middle & 1)) {
            uint64_t stored = kept_number(kept, middle);
            order = (key->number > stored) - (key->number < stored);
        } else if (compare_at(map, node, middle, kept, key, &order) < 0) {
            return -1;
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
        if (order == 0) {
            *found = 1;
            low = middle;
            break;
        }
    }
    *index = low;
    return 0;
}

int children_insert(Children *children, uint32_t index, uint64_t address) {
    if (children->count > CAPACITY || index > children->count) return fail(CORRUPTION, "a node has too many children");
    memmove(children->addresses + index + 1, children->addresses + index, 8 * (children->count - index));
    children->addresses[index] = address;
    children->count++;
    return 0;
}

uint64_t children_remove(Children *children, uint32_t index) {
    uint64_t address = children->addresses[index];
    children->count--;
    memmove(children->addresses + index, children->addresses + index + 1, 8 * (children->count - index));
    return address;
}
