/* The B-tree map from bytes to bytes (ic-stable-structures 0.5.6, btreemap.rs, layout V1): opening, search, insertion. */
#include "stable_map/map.h"

enum { CHUNKS_AT = 52 };

static const char magic[4] = "BTR\1";

typedef struct {
    char magic[4];
    uint32_t max_key, max_value, root[2], length[2];
} Header;
_Static_assert(sizeof(Header) == 28, "as in stable memory");

int too_deep(void) { return fail(CORRUPTION, "a map's nodes go in a circle"); }

int map_save_counters(Map *map) {
    const uint64_t counters[2] = {map->root, map->length};
    return memory_write(&map->memory, offsetof(Header, root), counters, sizeof counters);
}

static int create(Map *map) {
    Header header = {.max_key = map->max_key, .max_value = map->max_value};
    memcpy(header.magic, magic, sizeof magic);
    map->root = map->length = 0;
    if (chunks_create(&map->chunks, &map->memory, CHUNKS_AT, map->node_size) < 0) return -1;
    return memory_write(&map->memory, 0, &header, sizeof header);
}

int map_load(Map *map) {
    Header header;
    kept_forget(map);
    if (memory_read(&map->memory, 0, &header, sizeof header) < 0) return -1;
    memcpy(&map->root, header.root, 8);
    memcpy(&map->length, header.length, 8);
    if (memcmp(header.magic, magic, sizeof magic) != 0) {
        return fail(CORRUPTION, "memory %u does not hold a map of version 1", map->memory.id);
    }
    if (header.max_key != map->max_key) {
        return fail(CORRUPTION, "max_key_size must be <= %u, and stays what it was", header.max_key);
    }
    if (header.max_value != map->max_value) {
        return fail(CORRUPTION, "max_value_size must be <= %u, and stays what it was", header.max_value);
    }
    if (map->length > memory_pages(&map->memory) * STABLE_PAGE / map->node_size * CAPACITY) {
        return fail(CORRUPTION, "a map counts more entries than its memory holds");
    }
    kept_prepare(map);
    return chunks_load(&map->chunks, &map->memory, CHUNKS_AT, map->node_size);
}

int map_open(Map *map) {
    uint8_t first[3] = {0, 0, 0};
    map->stride = 8 + (uint64_t)map->max_key + map->max_value;
    map->node_size = 7 + CAPACITY * map->stride + 8 * (CAPACITY + 1);
    if (memory_pages(&map->memory) > 0 && memory_read(&map->memory, 0, first, sizeof first) < 0) return -1;
    return first[0] == 0 && first[1] == 0 && first[2] == 0 ? create(map) : map_load(map);
}

/* Whether a key is there, and in which node at which index. */
int map_find(Map *map, Key *key, Node *node, uint32_t *index, int *found) {
    *found = 0;
    if (map->root == 0) return 0;
    if (order_read(&map->order, key) < 0 || node_load(map, map->root, 0, node) < 0) return -1;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
        if (node_search(map, node, key, index, found) < 0) return -1;
        if (*found || node->is_leaf) return 0;
        if (node_child(map, node, *index, node) < 0) return -1;
    }
    return too_deep();
}

static int overwrite(Map *map, const Node *node, uint32_t index, const Entry *entry, PyObject **former) {
    if (former != NULL && node_read_value(map, node, index, former) < 0) return -1;
    return node_write_entry(map, node, index, entry);
}

/* Writes an entry before slot `index`; `children` are those of the node that comes out. */
static int insert_entry(Map *map, Node *node, uint32_t index, const Entry *entry, const Children *children) {
    if (node->count >= CAPACITY) return fail(CORRUPTION, "a node has too many entries");
    if (node_move(map, node, index, node->count - index, node, index + 1) < 0) return -1;
    node->count++;
    if (node_write_entry(map, node, index, entry) < 0) return -1;
    return node_save(map, node, children);
}

/* Moves the upper half of a full child into a new sibling; the entry between the two becomes `median`. */
static int halve(Map *map, Node *child, Node *sibling, Entry *median) {
    Children lower, upper = {0};
    if (node_allocate(map, child->is_leaf, child->depth, sibling) < 0 || node_read_children(map, child, &lower) < 0) return -1;
    if (node_move(map, child, SPARE, CAPACITY - SPARE, sibling, 0) < 0) return -1;
    if (node_read_entry(map, child, SPARE - 1, median) < 0) return -1;
    if (!child->is_leaf) {
        upper.count = lower.count = SPARE;
        memcpy(upper.addresses, lower.addresses + SPARE, SPARE * sizeof *upper.addresses);
    }
    sibling->count = CAPACITY - SPARE;
    child->count = SPARE - 1;
    return node_save(map, sibling, &upper) < 0 ? -1 : node_save(map, child, &lower);
}

static int split_child(Map *map, Node *node, Children *children, uint32_t index, Node *child) {
    Entry median = {0};
    Node sibling;
    int failed = halve(map, child, &sibling, &median) < 0 ||
                 children_insert(children, index + 1, sibling.address) < 0 ||
                 insert_entry(map, node, index, &median, children) < 0;
    entry_free(&median);
    return failed ? -1 : 0;
}

static int grow_root(Map *map, Node *root) {
    Node former = *root;
    Children children = {1, {map->root}};
    if (node_allocate(map, 0, 0, root) < 0) return -1;
    map->root = root->address;
    return map_save_counters(map) < 0 ? -1 : split_child(map, root, &children, 0, &former);
}

static int insert_into_leaf(Map *map, Node *leaf, uint32_t index, const Entry *entry) {
    const Children none = {0};
    if (insert_entry(map, leaf, index, entry, &none) < 0) return -1;
    map->length++;
    return map_save_counters(map);
}

static int insert_below(Map *map, Node node, Key *key, const Entry *entry, PyObject **former) {
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
        uint32_t index, at;
        int found;
        Node child;
        Children children;
        if (node_search(map, &node, key, &index, &found) < 0) return -1;
        if (found) return overwrite(map, &node, index, entry, former);
        if (node.is_leaf) return insert_into_leaf(map, &node, index, entry);
        if (node_child(map, &node, index, &child) < 0) return -1;
        if (child.count == CAPACITY) {
            if (node_search(map, &child, key, &at, &found) < 0) return -1;
            if (found) return overwrite(map, &child, at, entry, former);
            if (node_read_children(map, &node, &children) < 0) return -1;
            if (split_child(map, &node, &children, index, &child) < 0) return -1;
            if (node_search(map, &node, key, &index, &found) < 0 || node_child(map, &node, index, &child) < 0) return -1;
        }
        node = child;
    }
    return too_deep();
}

static int begin(Map *map) {
    Node root;
    if (node_allocate(map, 1, 0, &root) < 0) return -1;
    map->root = root.address;
    return 0;
}

/* Sets the value at a key; `former` becomes the one before, or stays NULL. */
int map_insert(Map *map, Key *key, const Entry *entry, PyObject **former) {
    uint32_t index;
    int found;
    Node root = {0, 0, 1, 0};
    *former = NULL;
    kept_prepare(map);
    if (order_read(&map->order, key) < 0) return -1;
    if (map->order.kind == BY_OBJECT) {
        PyObject *differs = PyObject_RichCompare(key->value, key->value, Py_NE);
        int unordered = differs == NULL ? -1 : PyObject_IsTrue(differs);
        Py_XDECREF(differs);
        if (unordered != 0) return unordered < 0 ? -1 : fail(NOT_ORDERED, "a key does not compare with itself");
    }
    if (map->root == 0) {
        if (begin(map) < 0) return -1;
        root.address = map->root;
        return insert_into_leaf(map, &root, 0, entry);
    }
    if (node_load(map, map->root, 0, &root) < 0) return -1;
    if (root.count == CAPACITY) {
        if (node_search(map, &root, key, &index, &found) < 0) return -1;
        if (found) return overwrite(map, &root, index, entry, former);
        if (grow_root(map, &root) < 0) return -1;
    }
    return insert_below(map, root, key, entry, former);
}

static int add(Map *map, const Node *node, uint32_t index, PyObject *list, int keys, int values) {
    PyObject *key = NULL, *value = NULL, *item = NULL;
    if ((!keys || node_read_key(map, node, index, &key) == 0) &&
        (!values || node_read_value(map, node, index, &value) == 0)) {
        item = keys && values ? PyTuple_Pack(2, key, value) : Py_NewRef(keys ? key : value);
    }
    int outcome = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(key);
    Py_XDECREF(value);
    Py_XDECREF(item);
    return outcome;
}

static int walk(Map *map, const Node *node, int depth, PyObject *list, int keys, int values) {
    if (depth >= MAX_DEPTH) return too_deep();
    for (uint32_t index = 0; index <= node->count; index++) {
        Node child;
        if (!node->is_leaf) {
            if (node_child(map, node, index, &child) < 0) return -1;
            if (walk(map, &child, depth + 1, list, keys, values) < 0) return -1;
        }
        if (index == node->count) continue;
        if ((uint64_t)PyList_GET_SIZE(list) >= map->length) return fail(CORRUPTION, "a map has more entries than it counts");
        if (add(map, node, index, list, keys, values) < 0) return -1;
    }
    return 0;
}

/* Appends keys, values or pairs of both to `list`, in the order of the keys. */
int map_walk(Map *map, PyObject *list, int keys, int values) {
    Node root;
    if (map->root != 0) {
        if (node_load(map, map->root, 0, &root) < 0 || walk(map, &root, 0, list, keys, values) < 0) return -1;
    }
    if ((uint64_t)PyList_GET_SIZE(list) < map->length) return fail(CORRUPTION, "a map has fewer entries than it counts");
    return 0;
}
