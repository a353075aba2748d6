/* The parts of `_merkle`. */
#ifndef VEX_MERKLE_H
#define VEX_MERKLE_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sha256.h"

enum { DIGEST = SHA256_DIGEST, PREFIX = 17, FORK = PREFIX + 2 * DIGEST, BLOCK_LEVELS = 4 };

/* The digest of the empty subtree. */
extern const unsigned char merkle_empty[DIGEST];

void merkle_fork(unsigned char *to, const unsigned char *left, const unsigned char *right);
int merkle_is_empty(const unsigned char *digest);

PyObject *merkle_witness(PyObject *module, PyObject *const *arguments, Py_ssize_t given);
PyObject *merkle_labeled_root(PyObject *module, PyObject *const *arguments, Py_ssize_t given);

#endif
