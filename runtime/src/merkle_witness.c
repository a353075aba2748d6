/* The path to a leaf of a tree in an array: CBOR, as certificates encode it. */
#include "merkle.h"

enum { FORK_HEAD = 2, PRUNED_HEAD = 4, PRUNED = PRUNED_HEAD + DIGEST };

/* A witness under way from the leaf outwards; first it is measured, then written into the room that it needs. */
typedef struct {
    unsigned char *from, *to;
    size_t before, after;
} Path;

static void write_pruned(unsigned char *to, const unsigned char *digest) {
    memcpy(to, "\x82\x04\x58\x20", PRUNED_HEAD);
    memcpy(to + PRUNED_HEAD, digest, DIGEST);
}

/* A fork with what is there so far on one side and a pruned digest on the other. */
static void add_fork(Path *path, const unsigned char *digest, int digest_is_left) {
    if (path->from == NULL) {
        path->before += FORK_HEAD + (digest_is_left ? PRUNED : 0);
        path->after += digest_is_left ? 0 : PRUNED;
        return;
    }
    if (digest_is_left) {
        path->from -= PRUNED;
        write_pruned(path->from, digest);
    } else {
        write_pruned(path->to, digest);
        path->to += PRUNED;
    }
    path->from -= FORK_HEAD;
    memcpy(path->from, "\x83\x01", FORK_HEAD);
}

static void add_path(Path *path, const unsigned char *nodes, size_t at, size_t open) {
    int in_open_block = at >> BLOCK_LEVELS == open || open == 1;
    for (size_t top = in_open_block ? open : 1; at > top; at /= 2) {
        const unsigned char *beside = nodes + (at ^ 1) * DIGEST;
        if ((at ^ 1) != open && !merkle_is_empty(beside)) add_fork(path, beside, at & 1);
    }
    if (!in_open_block) add_fork(path, nodes + open * DIGEST, 0);
    else if (open > 1 && !merkle_is_empty(nodes + DIGEST)) add_fork(path, nodes + DIGEST, 1);
}

/* witness(nodes, at, shown, open): bytes. */
PyObject *merkle_witness(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 4 || !PyByteArray_CheckExact(arguments[0]) || !PyBytes_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "witness() takes a bytearray, an int, bytes and an int");
        return NULL;
    }
    size_t at = PyLong_AsSize_t(arguments[1]), count = (size_t)PyByteArray_GET_SIZE(arguments[0]) / DIGEST;
    size_t open = at == (size_t)-1 && PyErr_Occurred() ? at : PyLong_AsSize_t(arguments[3]);
    if (open == (size_t)-1 && PyErr_Occurred()) return NULL;
    if (count < 2 || at < count / 2 || at >= count || open == 0 || open >= count || (count & (count - 1)) != 0) {
        PyErr_SetString(PyExc_ValueError, "no leaf of this tree");
        return NULL;
    }
    const unsigned char *nodes = (unsigned char *)PyByteArray_AS_STRING(arguments[0]);
    size_t size = (size_t)PyBytes_GET_SIZE(arguments[2]);
    Path path = {.from = NULL};
    add_path(&path, nodes, at, open);
    PyObject *witness = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(path.before + size + path.after));
    if (witness == NULL) return NULL;
    path.from = (unsigned char *)PyBytes_AS_STRING(witness) + path.before;
    path.to = path.from + size;
    memcpy(path.from, PyBytes_AS_STRING(arguments[2]), size);
    add_path(&path, nodes, at, open);
    return witness;
}
