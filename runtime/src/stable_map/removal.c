/* Removal from the B-tree: on the way down every child gets an entry to spare, from a sibling or by merging. */
#include "stable_map/map.h"

static int remove_below(Map *map, Node node, Key *key, int depth, PyObject **former);

static int can_spare(const Node *node) { return node->count >= SPARE; }

static int too_few(const Node *node) {
    return fail(CORRUPTION, "the node at %llu has too few entries", (unsigned long long)node->address);
}

/* Moves the slots behind slot `index` into its place. */
static int close_gap(Map *map, Node *node, uint32_t index) {
    if (node_move(map, node, index + 1, node->count - index - 1, node, index) < 0) return -1;
    node->count--;
    return 0;
}

/* Gives up the root, which has one child left. */
static int drop_root(Map *map, const Node *node, uint64_t successor) {
    if (node->address != map->root) return too_few(node);
    if (node_free(map, node) < 0) return -1;
    map->root = successor;
    return map_save_counters(map);
}

static int remove_from_leaf(Map *map, Node *leaf, uint32_t index, PyObject **former) {
    const Children none = {0};
    if (former != NULL && node_read_value(map, leaf, index, former) < 0) return -1;
    if (leaf->count == 1) {
        if (leaf->address != map->root) return too_few(leaf);
        if (node_free(map, leaf) < 0) return -1;
        map->root = 0;
    } else if (close_gap(map, leaf, index) < 0 || node_save(map, leaf, &none) < 0) {
        return -1;
    }
    map->length--;
    return map_save_counters(map);
}

/* Moves `median` and all of `source` into its neighbour `into`, before or behind what is there; frees `source`. */
static int merge(Map *map, const Node *source, Node *into, const Entry *median, int behind) {
    Children ours, theirs, all = {0};
    uint32_t total = into->count + 1 + source->count, at = behind ? into->count + 1 : 0;
    if (source->is_leaf != into->is_leaf || total > CAPACITY || source->address == into->address) {
        return fail(CORRUPTION, "the nodes at %llu and %llu are no siblings", (unsigned long long)source->address,
                    (unsigned long long)into->address);
    }
    if (node_read_children(map, into, &ours) < 0 || node_read_children(map, source, &theirs) < 0) return -1;
    if (!behind && node_move(map, into, 0, into->count, into, source->count + 1) < 0) return -1;
    if (node_move(map, source, 0, source->count, into, at) < 0) return -1;
    if (node_write_entry(map, into, behind ? into->count : source->count, median) < 0) return -1;
    const Children *first = behind ? &ours : &theirs, *second = behind ? &theirs : &ours;
    memcpy(all.addresses, first->addresses, 8 * first->count);
    memcpy(all.addresses + first->count, second->addresses, 8 * second->count);
    all.count = first->count + second->count;
    into->count = total;
    return node_save(map, into, &all) < 0 ? -1 : node_free(map, source);
}

/* Takes an entry and a child out of a node; one that is left without entries is not written. */
static int take_out(Map *map, Node *node, uint32_t median, uint32_t child, Children *children) {
    if (node_read_children(map, node, children) < 0 || close_gap(map, node, median) < 0) return -1;
    children_remove(children, child);
    return node->count == 0 ? 0 : node_save(map, node, children);
}

/* Merges child `child` of `node` into its neighbour on the other side of entry `median`. */
static int merge_siblings(Map *map, Node *node, const Node *source, Node *into, uint32_t median, uint32_t child) {
    Children children;
    Entry entry = {0};
    int failed = node_read_entry(map, node, median, &entry) < 0 || merge(map, source, into, &entry, median < child) < 0;
    entry_free(&entry);
    if (failed || take_out(map, node, median, child, &children) < 0) return -1;
    return node->count == 0 ? drop_root(map, node, into->address) : 0;
}

/* Moves the outermost entry of `sibling` up to slot `index` of `node`, and what was there down into `child`. */
static int rotate(Map *map, Node *node, uint32_t index, Node *sibling, Node *child, int from_left) {
    Children moved, left;
    Entry down = {0}, up = {0};
    uint32_t last = from_left ? sibling->count - 1 : 0;
    if (sibling->is_leaf != child->is_leaf || child->count >= CAPACITY || sibling->address == child->address) {
        return too_few(child);
    }
    int failed = node_read_children(map, sibling, &left) < 0 || node_read_children(map, child, &moved) < 0 ||
                 node_read_entry(map, node, index, &down) < 0 || node_read_entry(map, sibling, last, &up) < 0;
    if (!failed && !child->is_leaf) {
        uint64_t address = children_remove(&left, from_left ? left.count - 1 : 0);
        failed = children_insert(&moved, from_left ? 0 : moved.count, address) < 0;
    }
    failed = failed || close_gap(map, sibling, last) < 0 ||
             (from_left && node_move(map, child, 0, child->count, child, 1) < 0) ||
             node_write_entry(map, child, from_left ? 0 : child->count, &down) < 0 ||
             node_write_entry(map, node, index, &up) < 0;
    child->count++;
    failed = failed || node_save(map, sibling, &left) < 0 || node_save(map, child, &moved) < 0;
    entry_free(&down);
    entry_free(&up);
    return failed ? -1 : 0;
}

/* Gives child `index` of `node` an entry to spare; `child` becomes where to go on. */
static int strengthen(Map *map, Node *node, uint32_t index, Node *child) {
    Node left, right;
    int has_left = index > 0, has_right = index < node->count;
    if (has_left && node_child(map, node, index - 1, &left) < 0) return -1;
    if (has_right && node_child(map, node, index + 1, &right) < 0) return -1;
    if (has_left && can_spare(&left)) return rotate(map, node, index - 1, &left, child, 1);
    if (has_right && can_spare(&right)) return rotate(map, node, index, &right, child, 0);
    if (has_left) {
        if (merge_siblings(map, node, child, &left, index - 1, index) < 0) return -1;
        *child = left;
        return 0;
    }
    if (merge_siblings(map, node, child, &right, index, index) < 0) return -1;
    *child = right;
    return 0;
}

/* The last or first entry below a node. */
static int edge(Map *map, Node node, int last, Entry *entry) {
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
        if (node.is_leaf) return node_read_entry(map, &node, last ? node.count - 1 : 0, entry);
        if (node_child(map, &node, last ? node.count : 0, &node) < 0) return -1;
    }
    return too_deep();
}

/* Puts the nearest entry below `child` in the place of entry `index`. */
static int replace(Map *map, const Node *node, uint32_t index, Node child, int last, int depth) {
    Entry entry = {0};
    int failed = edge(map, child, last, &entry) < 0;
    if (!failed) {
        Key key = entry_key(&entry);
        failed = order_read_stored(&map->order, &key) < 0 || remove_below(map, child, &key, depth + 1, NULL) < 0 ||
                 node_write_entry(map, node, index, &entry) < 0;
        Py_XDECREF(key.value);
    }
    entry_free(&entry);
    return failed ? -1 : 0;
}

static int remove_from_inner(Map *map, Node *node, uint32_t index, Key *key, int depth, PyObject **former) {
    Node left, right;
    Children children;
    Entry median = {0};
    if (node_child(map, node, index, &left) < 0) return -1;
    int spares = can_spare(&left);
    if (!spares && node_child(map, node, index + 1, &right) < 0) return -1;
    if (spares || can_spare(&right)) {
        if (former != NULL && node_read_value(map, node, index, former) < 0) return -1;
        return replace(map, node, index, spares ? left : right, spares, depth);
    }
    int failed = node_read_entry(map, node, index, &median) < 0 || merge(map, &right, &left, &median, 1) < 0;
    entry_free(&median);
    if (failed || take_out(map, node, index, index + 1, &children) < 0) return -1;
    /* The Rust library writes the root once more after it was given up. */
    if (node->count == 0 && (drop_root(map, node, left.address) < 0 || node_save(map, node, &children) < 0)) return -1;
    return remove_below(map, left, key, depth + 1, former);
}

static int remove_below(Map *map, Node node, Key *key, int depth, PyObject **former) {
    uint32_t index;
    int found;
    Node child;
    if (depth > MAX_DEPTH) return too_deep();
    if (node_search(map, &node, key, &index, &found) < 0) return -1;
    if (node.is_leaf) return found ? remove_from_leaf(map, &node, index, former) : 0;
    if (found) return remove_from_inner(map, &node, index, key, depth, former);
    if (node_child(map, &node, index, &child) < 0) return -1;
    if (!can_spare(&child) && strengthen(map, &node, index, &child) < 0) return -1;
    return remove_below(map, child, key, depth + 1, former);
}

/* Removes a key; `former` becomes its value, or stays NULL. */
int map_remove(Map *map, Key *key, PyObject **former) {
    Node root;
    *former = NULL;
    if (map->root == 0) return 0;
    if (order_read(&map->order, key) < 0 || node_load(map, map->root, 0, &root) < 0) return -1;
    return remove_below(map, root, key, 0, former);
}
