/* `_digests`: hashes of bytes in one call, without an object for each (vex_domain/digests.py has them in Python). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sha256.h"
#include "siphash.h"

enum { KEY = 16 };

static int is_bytes(PyObject *part) {
    if (PyBytes_CheckExact(part)) return 1;
    PyErr_SetString(PyExc_TypeError, "bytes are hashed");
    return 0;
}

static const unsigned char *octets_of(PyObject *part) { return (const unsigned char *)PyBytes_AS_STRING(part); }
static size_t size_of(PyObject *part) { return (size_t)PyBytes_GET_SIZE(part); }

/* digest(*parts): SHA-256 of the parts one after the other. */
static PyObject *digest(PyObject *module, PyObject *const *parts, Py_ssize_t given) {
    Sha256 message;
    sha256_begin(&message, sha256_start);
    for (Py_ssize_t at = 0; at < given; at++) {
        if (!is_bytes(parts[at])) return NULL;
        sha256_take(&message, octets_of(parts[at]), size_of(parts[at]));
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, SHA256_DIGEST);
    if (bytes != NULL) sha256_finish(&message, (unsigned char *)PyBytes_AS_STRING(bytes), SHA256_DIGEST);
    return bytes;
}

/* Messages of which each has a lane: its whole blocks, then those that end it. */
typedef struct {
    size_t whole, count;
    const unsigned char *data;
    unsigned char last[2 * SHA256_BLOCK];
} Lane;

static void prepare(Lane *lane, PyObject *message) {
    size_t size = size_of(message), taken = size / SHA256_BLOCK * SHA256_BLOCK;
    Sha256 rest = {.count = size};
    lane->data = octets_of(message);
    lane->whole = size / SHA256_BLOCK;
    memcpy(rest.rest, lane->data + taken, size - taken);
    lane->count = lane->whole + sha256_padded(&rest, lane->last);
}

static const unsigned char *block_of(const Lane *lane, size_t number) {
    if (number < lane->whole) return lane->data + number * SHA256_BLOCK;
    return lane->last + (number - lane->whole) * SHA256_BLOCK;
}

/* A step of three messages or four; a lane without a block works for nobody. */
static void step_together(uint32_t states[SHA256_LANES][8], const Lane *lanes, size_t number) {
    uint32_t taken[SHA256_LANES][8];
    const unsigned char *blocks[SHA256_LANES];
    for (int at = 0; at < SHA256_LANES; at++) {
        memcpy(taken[at], states[at], sizeof taken[at]);
        blocks[at] = number < lanes[at].count ? block_of(lanes + at, number) : lanes[at].last;
    }
    sha256_four(taken, blocks);
    for (int at = 0; at < SHA256_LANES; at++) {
        if (number < lanes[at].count) memcpy(states[at], taken[at], sizeof taken[at]);
    }
}

static void run(uint32_t states[SHA256_LANES][8], const Lane *lanes) {
    for (size_t number = 0;; number++) {
        int active = 0;
        for (int at = 0; at < SHA256_LANES; at++) active += number < lanes[at].count;
        if (active == 0) return;
        if (active > 2) {
            step_together(states, lanes, number);
            continue;
        }
        for (int at = 0; at < SHA256_LANES; at++) {
            if (number < lanes[at].count) sha256_blocks(states[at], block_of(lanes + at, number), 1);
        }
    }
}

/* digest_each(*messages): a tuple of the SHA-256 of each of at most four messages, which goes faster than one by one. */
static PyObject *digest_each(PyObject *module, PyObject *const *messages, Py_ssize_t given) {
    Lane lanes[SHA256_LANES];
    uint32_t states[SHA256_LANES][8];
    if (given > SHA256_LANES) {
        PyErr_SetString(PyExc_ValueError, "four messages at once");
        return NULL;
    }
    for (Py_ssize_t at = 0; at < SHA256_LANES; at++) {
        lanes[at].count = lanes[at].whole = 0;
        memcpy(states[at], sha256_start, sizeof states[at]);
        if (at >= given) continue;
        if (!is_bytes(messages[at])) return NULL;
        prepare(lanes + at, messages[at]);
    }
    run(states, lanes);
    PyObject *digests = PyTuple_New(given);
    for (Py_ssize_t at = 0; at < given && digests != NULL; at++) {
        unsigned char octets[SHA256_DIGEST];
        sha256_write(states[at], octets, sizeof octets);
        PyObject *bytes = PyBytes_FromStringAndSize((const char *)octets, sizeof octets);
        if (bytes == NULL) Py_CLEAR(digests);
        else PyTuple_SET_ITEM(digests, at, bytes);
    }
    return digests;
}

static int sip(const uint64_t key[2], PyObject *const *parts, Py_ssize_t given, uint64_t result[2]) {
    SipHash hash;
    siphash_begin(&hash, key);
    for (Py_ssize_t at = 0; at < given; at++) {
        if (!is_bytes(parts[at])) return -1;
        siphash_part(&hash, octets_of(parts[at]), size_of(parts[at]));
    }
    siphash_finish(&hash, result);
    return 0;
}

/* fingerprint(*parts): 16 bytes, of which no secret is part. */
static PyObject *fingerprint(PyObject *module, PyObject *const *parts, Py_ssize_t given) {
    static const uint64_t no_key[2];
    uint64_t result[2];
    if (sip(no_key, parts, given, result) < 0) return NULL;
    return PyBytes_FromStringAndSize((const char *)result, sizeof result);
}

/* keyed_number(key, *parts): 64 bits. */
static PyObject *keyed_number(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    uint64_t key[2], result[2];
    if (given < 1 || !PyBytes_CheckExact(arguments[0]) || size_of(arguments[0]) != KEY) {
        PyErr_SetString(PyExc_ValueError, "a key is 16 bytes");
        return NULL;
    }
    memcpy(key, octets_of(arguments[0]), sizeof key);
    if (sip(key, arguments + 1, given - 1, result) < 0) return NULL;
    return PyLong_FromUnsignedLongLong(result[0]);
}

#define FASTCALL(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL
static PyMethodDef methods[] = {
    {"digest", FASTCALL(digest), "SHA-256 of the parts, one after the other."},
    {"digest_each", FASTCALL(digest_each), "SHA-256 of each of four messages."},
    {"fingerprint", FASTCALL(fingerprint), "16 bytes that tell messages apart."},
    {"keyed_number", FASTCALL(keyed_number), "A keyed hash of 64 bits."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_digests", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__digests(void) { return PyModule_Create(&definition); }
