/* `_merkle`: the digests above a leaf of a hash tree in an array (vex_domain/hash_tree.py has all of it in Python). */
#include "merkle.h"

#include "fastcall.h"

/* SHA-256 of "\x11ic-hashtree-empty". */
const unsigned char merkle_empty[DIGEST] = {
    0x4e, 0x3e, 0xd3, 0x5c, 0x4e, 0x2d, 0x1e, 0xe8, 0x99, 0x96, 0x48, 0x3f, 0xb6, 0x26, 0x0a, 0x64,
    0xcf, 0xfb, 0x6c, 0x47, 0xdb, 0xab, 0x21, 0x6e, 0x79, 0x30, 0xe8, 0x2f, 0x81, 0x90, 0xd1, 0x20};

int merkle_is_empty(const unsigned char *digest) { return memcmp(digest, merkle_empty, DIGEST) == 0; }

/* Of two blocks: prefix, both digests, a one, zeros, the length in bits. */
void merkle_fork(unsigned char *to, const unsigned char *left, const unsigned char *right) {
    unsigned char blocks[2 * SHA256_BLOCK];
    uint32_t state[8];
    memcpy(blocks, "\x10ic-hashtree-fork", PREFIX);
    memcpy(blocks + PREFIX, left, DIGEST);
    memcpy(blocks + PREFIX + DIGEST, right, DIGEST);
    memset(blocks + FORK, 0, sizeof blocks - FORK);
    blocks[FORK] = 0x80;
    blocks[sizeof blocks - 2] = FORK * 8 >> 8;
    blocks[sizeof blocks - 1] = FORK * 8 & 255;
    memcpy(state, sha256_start, sizeof state);
    sha256_blocks(state, blocks, 2);
    sha256_write(state, to, DIGEST);
}

/* Of two subtrees of which one is empty the other stands for both. */
static void join(unsigned char *to, const unsigned char *left, const unsigned char *right) {
    if (merkle_is_empty(right)) {
        memcpy(to, left, DIGEST);
    } else if (merkle_is_empty(left)) {
        memcpy(to, right, DIGEST);
    } else {
        merkle_fork(to, left, right);
    }
}

/* The digests above node `at` up to node `top`; the block `open` is not among them. */
static void climb(unsigned char *nodes, size_t at, size_t top, size_t open) {
    while (at > top) {
        at /= 2;
        const unsigned char *right = 2 * at + 1 == open ? merkle_empty : nodes + (2 * at + 1) * DIGEST;
        join(nodes + at * DIGEST, nodes + 2 * at * DIGEST, right);
    }
}

static void put_digest(unsigned char *nodes, size_t at, const unsigned char *digest, size_t block, size_t former) {
    size_t open = block > former ? block : former;
    if (former > 0 && block > former) climb(nodes, former, 1, open);
    memcpy(nodes + at * DIGEST, digest, DIGEST);
    climb(nodes, at, block, open);
    if (block < open) climb(nodes, block, 1, open);
    join(nodes, open > 1 ? nodes + DIGEST : merkle_empty, nodes + open * DIGEST);
}

/* put(nodes, at, digest, open): sets leaf `at` and what is above it; returns which block is open from then on. */
static PyObject *put(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 4 || !PyByteArray_CheckExact(arguments[0]) || !PyBytes_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "put() takes a bytearray, an int, bytes and an int");
        return NULL;
    }
    size_t at = PyLong_AsSize_t(arguments[1]), count = (size_t)PyByteArray_GET_SIZE(arguments[0]) / DIGEST;
    size_t former = at == (size_t)-1 && PyErr_Occurred() ? at : PyLong_AsSize_t(arguments[3]);
    if (former == (size_t)-1 && PyErr_Occurred()) return NULL;
    if (count < 2 || at < count / 2 || at >= count || former >= count || PyBytes_GET_SIZE(arguments[2]) != DIGEST ||
        (count & (count - 1)) != 0) {
        PyErr_SetString(PyExc_ValueError, "no leaf of this tree, or no digest");
        return NULL;
    }
    size_t block = at >> BLOCK_LEVELS > 0 ? at >> BLOCK_LEVELS : 1;
    put_digest((unsigned char *)PyByteArray_AS_STRING(arguments[0]), at, (unsigned char *)PyBytes_AS_STRING(arguments[2]),
               block, former);
    return PyLong_FromSize_t(block > former ? block : former);
}

static PyMethodDef methods[] = {
    {"put", FASTCALL(put), "Set a leaf's digest and those above it."},
    {"witness", FASTCALL(merkle_witness), "The path to a leaf, as CBOR."},
    {"labeled_root", FASTCALL(merkle_labeled_root), "The digest of a few labelled subtrees."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_merkle", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__merkle(void) { return PyModule_Create(&definition); }
