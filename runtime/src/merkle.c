/* `_merkle`: the digests above a position of a hash tree in an array (vex_domain/hash_tree.py has the same in Python). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sha256.h"

enum { DIGEST = 32, PREFIX = 17, FORK = PREFIX + 2 * DIGEST };

static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* The two blocks that a fork's digest is taken of: prefix, both digests, a one, zeros, the length in bits. */
static void begin(unsigned char blocks[2 * SHA256_BLOCK]) {
    memset(blocks, 0, 2 * SHA256_BLOCK);
    memcpy(blocks, "\x10ic-hashtree-fork", PREFIX);
    blocks[FORK] = 0x80;
    blocks[2 * SHA256_BLOCK - 2] = FORK * 8 >> 8;
    blocks[2 * SHA256_BLOCK - 1] = FORK * 8 & 255;
}

static void raise_path(unsigned char *nodes, size_t at) {
    unsigned char blocks[2 * SHA256_BLOCK];
    begin(blocks);
    for (at /= 2; at > 0; at /= 2) {
        uint32_t state[8];
        memcpy(state, start, sizeof state);
        memcpy(blocks + PREFIX, nodes + 2 * at * DIGEST, 2 * DIGEST);
        sha256_blocks(state, blocks, 2);
        for (int word = 0; word < 8; word++) state[word] = __builtin_bswap32(state[word]);
        memcpy(nodes + at * DIGEST, state, DIGEST);
    }
}

/* put(nodes, at, digest): node `at` gets `digest`, and what is above it follows. */
static PyObject *put(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 3 || !PyByteArray_CheckExact(arguments[0]) || !PyBytes_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "put() takes a bytearray, an int and bytes");
        return NULL;
    }
    size_t at = PyLong_AsSize_t(arguments[1]), count = (size_t)PyByteArray_GET_SIZE(arguments[0]) / DIGEST;
    if (at == (size_t)-1 && PyErr_Occurred()) return NULL;
    if (at == 0 || at >= count || PyBytes_GET_SIZE(arguments[2]) != DIGEST || count % 2 != 0) {
        PyErr_SetString(PyExc_ValueError, "no node of this tree, or no digest");
        return NULL;
    }
    unsigned char *nodes = (unsigned char *)PyByteArray_AS_STRING(arguments[0]);
    memcpy(nodes + at * DIGEST, PyBytes_AS_STRING(arguments[2]), DIGEST);
    raise_path(nodes, at);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"put", (PyCFunction)(void (*)(void))put, METH_FASTCALL, "Set a node's digest and those above it."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_merkle", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__merkle(void) { return PyModule_Create(&definition); }
