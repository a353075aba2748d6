/* Random bytes: ChaCha20 (RFC 8439) under a key that the host takes from `raw_rand`.
 *
 * After every draw the key is replaced by the first block of its own stream, so that what was drawn before cannot be
 * computed from the memory as it is now. Without a seed there is nothing: a canister's memory is public, and bytes that
 * are the same in every canister are worse than an exception. */
#include "runtime.h"

static uint32_t key[8];
static int seeded;

static uint32_t rotated(uint32_t word, int by) { return (word << by) | (word >> (32 - by)); }

static void quarter(uint32_t *s, int a, int b, int c, int d) {
    s[a] += s[b]; s[d] = rotated(s[d] ^ s[a], 16);
    s[c] += s[d]; s[b] = rotated(s[b] ^ s[c], 12);
    s[a] += s[b]; s[d] = rotated(s[d] ^ s[a], 8);
    s[c] += s[d]; s[b] = rotated(s[b] ^ s[c], 7);
}

static void block(uint32_t counter, uint32_t output[16]) {
    uint32_t input[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(input + 4, key, sizeof key);
    input[12] = counter;
    memcpy(output, input, sizeof input);
    for (int round = 0; round < 10; round++) {
        quarter(output, 0, 4, 8, 12); quarter(output, 1, 5, 9, 13);
        quarter(output, 2, 6, 10, 14); quarter(output, 3, 7, 11, 15);
        quarter(output, 0, 5, 10, 15); quarter(output, 1, 6, 11, 12);
        quarter(output, 2, 7, 8, 13); quarter(output, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++) output[i] += input[i];
}

void random_fill(unsigned char *destination, size_t size) {
    uint32_t next_key[16], stream[16];
    block(0, next_key);
    for (uint32_t counter = 1; size > 0; counter++) {
        size_t part = size < sizeof stream ? size : sizeof stream;
        block(counter, stream);
        memcpy(destination, stream, part);
        destination += part;
        size -= part;
    }
    memcpy(key, next_key, sizeof key);
}

/* seed_random(bytes): mixes 32 bytes or more, as `raw_rand` gives them, into the key. */
static PyObject *seed_random(PyObject *module, PyObject *seed) {
    Py_buffer view;
    if (PyObject_GetBuffer(seed, &view, PyBUF_SIMPLE) < 0) return NULL;
    if (view.len < 32) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "a seed has at least 32 bytes");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < view.len; i++) {
        ((unsigned char *)key)[i % sizeof key] ^= ((const unsigned char *)view.buf)[i];
        if (i % (Py_ssize_t)sizeof key == sizeof key - 1) random_fill(NULL, 0);
    }
    PyBuffer_Release(&view);
    random_fill(NULL, 0);
    seeded = 1;
    Py_RETURN_NONE;
}

/* os.urandom of the canister. */
static PyObject *urandom(PyObject *module, PyObject *size) {
    Py_ssize_t wanted = PyLong_AsSsize_t(size);
    if (wanted == -1 && PyErr_Occurred()) return NULL;
    if (wanted < 0) {
        PyErr_SetString(PyExc_ValueError, "negative argument not allowed");
        return NULL;
    }
    if (!seeded) {
        PyErr_SetString(PyExc_RuntimeError, "no randomness before the canister was seeded from raw_rand");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, wanted);
    if (bytes != NULL) random_fill((unsigned char *)PyBytes_AS_STRING(bytes), (size_t)wanted);
    return bytes;
}

PyMethodDef random_methods[] = {
    {"seed_random", seed_random, METH_O, NULL},
    {"urandom", urandom, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
