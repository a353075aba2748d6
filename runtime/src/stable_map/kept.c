/* What the heap keeps of a map's inner nodes and its root, so that a search reads nothing of them from stable memory.
 *
 * A table of slots by address: a node takes the place of one that is as deep or deeper. Leaves change all the time, and
 * what is kept of them would cost more in changed pages of the heap than it saves. What is kept goes back with the heap
 * when a message traps, is dropped when an operation fails, and is not there after an upgrade. */
#include "stable_map/map.h"

enum { LEAST_SLOTS = 8, MOST_SLOTS = 1024, ENTRIES_PER_SLOT = 16, LONGEST_RANK = 64 };

static uint32_t place(const Map *map, uint64_t address) {
    return (uint32_t)((address * 0x9E3779B97F4A7C15ull) >> 40) & (map->kept_slots - 1);
}

/* Bytes that a key takes here: a number, or a size and what it counts; 0 where keys are not kept. */
static uint32_t rank_size(const Map *map) {
    const Order *order = &map->order;
    if (keeps_numbers(map)) return sizeof(uint64_t);
    if (order->kind == BY_OBJECT || map->max_key > LONGEST_RANK + order->start) return 0;
    return (1 + map->max_key + 7) / 8 * 8;
}

/* Makes room for as many nodes as a map of this length has, or somewhat fewer; forgets all when there was less. */
void kept_prepare(Map *map) {
    uint32_t slots = map->kept_slots == 0 ? LEAST_SLOTS : map->kept_slots;
    if (map->length <= (uint64_t)map->kept_slots * ENTRIES_PER_SLOT || map->kept_slots == MOST_SLOTS) return;
    while (slots < MOST_SLOTS && map->length > (uint64_t)slots * ENTRIES_PER_SLOT) slots *= 2;
    Kept **kept = PyMem_Calloc(slots, sizeof *kept);
    if (kept == NULL) return; /* it goes without */
    kept_free(map);
    map->kept = kept;
    map->kept_slots = slots;
    map->rank_size = rank_size(map);
}

void kept_forget(Map *map) {
    for (uint32_t slot = 0; slot < map->kept_slots; slot++) {
        if (map->kept[slot] != NULL) map->kept[slot]->address = 0;
    }
}

size_t kept_bytes(const Map *map) {
    size_t bytes = map->kept_slots * sizeof *map->kept;
    for (uint32_t slot = 0; slot < map->kept_slots; slot++) {
        if (map->kept[slot] != NULL) bytes += sizeof(Kept) + CAPACITY * map->rank_size;
    }
    return bytes;
}

void kept_free(Map *map) {
    for (uint32_t slot = 0; slot < map->kept_slots; slot++) PyMem_Free(map->kept[slot]);
    PyMem_Free(map->kept);
    map->kept = NULL;
    map->kept_slots = 0;
}

Kept *kept_find(const Map *map, uint64_t address) {
    Kept *kept = map->kept_slots == 0 ? NULL : map->kept[place(map, address)];
    return kept != NULL && kept->address == address ? kept : NULL;
}

/* Keeps the header of a node, where there is room. */
void kept_take(Map *map, const Node *node) {
    if (map->kept_slots == 0) return;
    Kept **slot = &map->kept[place(map, node->address)];
    if (*slot == NULL) {
        *slot = PyMem_Malloc(sizeof **slot + CAPACITY * map->rank_size);
        if (*slot == NULL) return;
    } else if ((*slot)->address != 0 && (*slot)->depth < node->depth) {
        return;
    }
    Kept *kept = *slot;
    kept->address = node->address;
    kept->count = (uint8_t)node->count;
    kept->is_leaf = (uint8_t)node->is_leaf;
    kept->depth = (uint8_t)node->depth;
    kept->keys = kept->children = 0;
}

void kept_drop(Map *map, uint64_t address) {
    Kept *kept = kept_find(map, address);
    if (kept != NULL) kept->address = 0;
}

void kept_set_key(const Map *map, Kept *kept, uint32_t index, const Key *key) {
    uint8_t *rank = kept->ranks + index * map->rank_size;
    if (keeps_numbers(map)) {
        memcpy(rank, &key->number, sizeof key->number);
    } else if (key->content_size < map->rank_size) {
        rank[0] = (uint8_t)key->content_size;
        memcpy(rank + 1, key->content, key->content_size);
    } else {
        return;
    }
    kept->keys |= (uint16_t)(1u << index);
}

void kept_get_key(const Map *map, const Kept *kept, uint32_t index, Key *key) {
    if (keeps_numbers(map)) {
        key->number = kept_number(kept, index);
    } else {
        const uint8_t *rank = kept->ranks + index * map->rank_size;
        key->content_size = rank[0];
        key->content = rank + 1;
    }
}

/* A node as it is saved: its header, and all its children. */
void kept_set_children(Kept *kept, const Node *node, const Children *children) {
    kept->count = (uint8_t)node->count;
    kept->is_leaf = (uint8_t)node->is_leaf;
    memcpy(kept->addresses, children->addresses, 8 * children->count);
    kept->children = (uint16_t)((1u << children->count) - 1);
}
