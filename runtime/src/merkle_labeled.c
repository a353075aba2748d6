/* The digest of a few labelled subtrees, which are hashed together. */
#include "merkle.h"

enum { LABELED = 20, LABEL_MOST = 64, MESSAGE_MOST = LABELED + LABEL_MOST + DIGEST };

static void hash_leaf(PyObject *content, unsigned char *digest) {
    Sha256 message;
    sha256_begin(&message, sha256_start);
    sha256_take(&message, (const unsigned char *)"\x10ic-hashtree-leaf", PREFIX);
    sha256_take(&message, (unsigned char *)PyBytes_AS_STRING(content), (size_t)PyBytes_GET_SIZE(content));
    sha256_finish(&message, digest, DIGEST);
}

/* The message of a labelled subtree; -1 for a label or a digest that is none. */
static int write_message(unsigned char *message, Octets *octets, PyObject *label, PyObject *below, int is_leaf) {
    if (!PyBytes_CheckExact(label) || !PyBytes_CheckExact(below)) return -1;
    size_t size = (size_t)PyBytes_GET_SIZE(label);
    if (size > LABEL_MOST || (!is_leaf && PyBytes_GET_SIZE(below) != DIGEST)) return -1;
    memcpy(message, "\x13ic-hashtree-labeled", LABELED);
    memcpy(message + LABELED, PyBytes_AS_STRING(label), size);
    if (is_leaf) hash_leaf(below, message + LABELED + size);
    else memcpy(message + LABELED + size, PyBytes_AS_STRING(below), DIGEST);
    *octets = (Octets){message, LABELED + size + DIGEST};
    return 0;
}

/* labeled_root(labels, contents, digests): the first labels' subtrees are leaves, the others' are known by their digests. */
PyObject *merkle_labeled_root(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    unsigned char content[SHA256_LANES][MESSAGE_MOST], digests[SHA256_LANES][DIGEST];
    Octets messages[SHA256_LANES] = {{NULL, 0}};
    if (given != 3 || !PyTuple_CheckExact(arguments[0]) || !PyTuple_CheckExact(arguments[1]) ||
        !PyTuple_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "labeled_root() takes three tuples");
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(arguments[0]), leaves = PyTuple_GET_SIZE(arguments[1]);
    int wrong = count == 0 || count > SHA256_LANES || leaves + PyTuple_GET_SIZE(arguments[2]) != count;
    for (Py_ssize_t at = 0; at < count && !wrong; at++) {
        int is_leaf = at < leaves;
        PyObject *below = is_leaf ? PyTuple_GET_ITEM(arguments[1], at) : PyTuple_GET_ITEM(arguments[2], at - leaves);
        wrong = write_message(content[at], messages + at, PyTuple_GET_ITEM(arguments[0], at), below, is_leaf) < 0;
    }
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "one to four labels, each of a leaf or a digest");
        return NULL;
    }
    sha256_each(messages, (int)count, digests);
    for (Py_ssize_t at = 1; at < count; at++) merkle_fork(digests[0], digests[0], digests[at]);
    return PyBytes_FromStringAndSize((const char *)digests[0], DIGEST);
}
