/* `_value_hash`: the representation-independent hash of a value (vex_domain/value_hash.py has the same in Python).
 *
 * Parts of a map or an array that fit a block are hashed four at a time. What is no such value, or an integer of more than
 * 64 bits, or nested deeply, is given up: None, and Python hashes it or says what is wrong with it. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fastcall.h"
#include "sha256.h"

enum { DEEPEST = 8, PAIR = 2 * SHA256_DIGEST, PAIRS_ON_STACK = 16, FIRSTS = 8, NAMES_KEPT = 512, LOOKED_UP = 32, LEB = 10 };

/* Messages of one block that wait for others to be hashed with. */
typedef struct {
    int count;
    unsigned char *digests[SHA256_LANES];
    unsigned char blocks[SHA256_LANES + 1][SHA256_BLOCK]; /* room for a second block behind the last */
} Waiting;

static int hash_value(PyObject *value, PyObject *known, int depth, Waiting *waiting, unsigned char *digest);

static void flush(Waiting *waiting) {
    uint32_t states[SHA256_LANES][8];
    const unsigned char *blocks[SHA256_LANES];
    if (waiting->count == 0) return;
    for (int lane = 0; lane < SHA256_LANES; lane++) {
        memcpy(states[lane], sha256_start, sizeof states[lane]);
        blocks[lane] = waiting->blocks[lane < waiting->count ? lane : 0];
    }
    if (waiting->count > 2) sha256_four(states, blocks);
    for (int lane = 0; lane < waiting->count; lane++) {
        if (waiting->count <= 2) sha256_blocks(states[lane], blocks[lane], 1);
        sha256_write(states[lane], waiting->digests[lane], SHA256_DIGEST);
    }
    waiting->count = 0;
}

static void hash_octets(const unsigned char *data, size_t size, Waiting *waiting, unsigned char *digest) {
    if (size > SHA256_SINGLE) {
        sha256_once(data, size, digest);
        return;
    }
    sha256_padded(data, size, waiting->blocks[waiting->count]);
    waiting->digests[waiting->count++] = digest;
    if (waiting->count == SHA256_LANES) flush(waiting);
}

static int hash_text(PyObject *text, Waiting *waiting, unsigned char *digest) {
    if (PyUnicode_READY(text) < 0) return -1;
    if (PyUnicode_IS_COMPACT_ASCII(text)) {
        hash_octets(PyUnicode_DATA(text), (size_t)PyUnicode_GET_LENGTH(text), waiting, digest);
        return 0;
    }
    PyObject *octets = PyUnicode_AsUTF8String(text);
    if (octets == NULL) return -1;
    hash_octets((unsigned char *)PyBytes_AS_STRING(octets), (size_t)PyBytes_GET_SIZE(octets), waiting, digest);
    Py_DECREF(octets);
    return 0;
}

/* LEB128: unsigned, and signed for what is negative. */
static int hash_number(PyObject *number, Waiting *waiting, unsigned char *digest) {
    unsigned char octets[LEB];
    size_t size = 0;
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (small == -1 && PyErr_Occurred()) return -1;
    if (overflow < 0) return -1;
    if (overflow == 0 && small < 0) {
        for (; small < -0x40; small >>= 7) octets[size++] = (small & 0x7f) | 0x80;
        octets[size++] = small & 0x7f;
    } else {
        unsigned long long rest = overflow ? PyLong_AsUnsignedLongLong(number) : (unsigned long long)small;
        if (overflow && PyErr_Occurred()) return -1;
        for (; rest > 0x7f; rest >>= 7) octets[size++] = (rest & 0x7f) | 0x80;
        octets[size++] = (unsigned char)rest;
    }
    hash_octets(octets, size, waiting, digest);
    return 0;
}

/* Whether the hash of a short text or a number is known; 1 when it was. */
static int look_up(PyObject *value, PyObject *known, unsigned char *digest) {
    if (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) > LOOKED_UP) return 0;
    PyObject *found = PyDict_GetItemWithError(known, value);
    if (found == NULL) return PyErr_Occurred() ? -1 : 0;
    if (!PyBytes_CheckExact(found) || PyBytes_GET_SIZE(found) != SHA256_DIGEST) return -1;
    memcpy(digest, PyBytes_AS_STRING(found), SHA256_DIGEST);
    return 1;
}

/* A name is remembered as long as there is room: names are few, values are not. */
static int hash_name(PyObject *name, PyObject *known, unsigned char *digest) {
    Waiting alone;
    if (!PyUnicode_CheckExact(name)) return -1;
    int found = look_up(name, known, digest);
    if (found != 0) return found < 0 ? -1 : 0;
    alone.count = 0;
    if (hash_text(name, &alone, digest) < 0) return -1;
    flush(&alone);
    if (PyDict_GET_SIZE(known) >= NAMES_KEPT || PyUnicode_GET_LENGTH(name) > LOOKED_UP) return 0;
    PyObject *kept = PyBytes_FromStringAndSize((const char *)digest, SHA256_DIGEST);
    int failed = kept == NULL || PyDict_SetItem(known, name, kept) < 0;
    Py_XDECREF(kept);
    return failed ? -1 : 0;
}

/* The state after a map's first pair, which is the same in maps of one kind. */
static void take_first(uint32_t state[8], const unsigned char *pair) {
    static struct {
        unsigned char pair[PAIR];
        uint32_t state[8];
    } firsts[FIRSTS];
    unsigned place = (pair[0] ^ pair[SHA256_DIGEST]) % FIRSTS;
    if (firsts[place].state[0] == 0 || memcmp(firsts[place].pair, pair, PAIR) != 0) {
        memcpy(firsts[place].pair, pair, PAIR);
        memcpy(firsts[place].state, sha256_start, sizeof firsts[place].state);
        sha256_blocks(firsts[place].state, pair, 1);
    }
    memcpy(state, firsts[place].state, sizeof firsts[place].state);
}

static int by_octets(const void *one, const void *other) {
    return memcmp(*(const unsigned char *const *)one, *(const unsigned char *const *)other, PAIR);
}

static void sort(const unsigned char **pairs, size_t count) {
    if (count > PAIRS_ON_STACK) {
        qsort(pairs, count, sizeof *pairs, by_octets);
        return;
    }
    for (size_t at = 1; at < count; at++) {
        const unsigned char *pair = pairs[at];
        size_t to = at;
        for (; to > 0 && memcmp(pairs[to - 1], pair, PAIR) > 0; to--) pairs[to] = pairs[to - 1];
        pairs[to] = pair;
    }
}

/* A pair is a block: the hash of its name, the hash of its value. */
static void join_pairs(const unsigned char **pairs, size_t count, unsigned char *digest) {
    Sha256 message;
    sort(pairs, count);
    sha256_begin(&message, sha256_start);
    if (count > 0) take_first(message.state, pairs[0]);
    for (size_t at = 1; at < count; at++) sha256_blocks(message.state, pairs[at], 1);
    message.count = count * PAIR;
    sha256_finish(&message, digest, SHA256_DIGEST);
}

static int hash_pairs(PyObject *map, PyObject *known, int depth, unsigned char *room, const unsigned char **pairs) {
    Waiting waiting;
    waiting.count = 0;
    PyObject *name, *part;
    Py_ssize_t position = 0;
    for (; PyDict_Next(map, &position, &name, &part); room += PAIR) {
        *pairs++ = room;
        if (hash_name(name, known, room) < 0) return -1;
        if (hash_value(part, known, depth, &waiting, room + SHA256_DIGEST) < 0) return -1;
    }
    flush(&waiting);
    return 0;
}

static int hash_map(PyObject *map, PyObject *known, int depth, unsigned char *digest) {
    size_t count = (size_t)PyDict_GET_SIZE(map);
    unsigned char room[PAIRS_ON_STACK * PAIR], *wide = room;
    const unsigned char *places[PAIRS_ON_STACK], **pairs = places;
    if (map == known) return -1;
    if (count > PAIRS_ON_STACK) {
        wide = PyMem_Malloc(count * PAIR);
        pairs = PyMem_Malloc(count * sizeof *pairs);
    }
    int failed = wide == NULL || pairs == NULL || hash_pairs(map, known, depth, wide, pairs) < 0;
    if (!failed) join_pairs(pairs, count, digest);
    if (count > PAIRS_ON_STACK) {
        PyMem_Free(wide);
        PyMem_Free(pairs);
    }
    return failed ? -1 : 0;
}

static int hash_array(PyObject *array, PyObject *known, int depth, unsigned char *digest) {
    Waiting waiting;
    waiting.count = 0;
    Py_ssize_t count = PyList_GET_SIZE(array);
    unsigned char *digests = PyMem_Malloc((size_t)count * SHA256_DIGEST + 1);
    int failed = digests == NULL;
    for (Py_ssize_t at = 0; at < count && !failed; at++) {
        failed = hash_value(PyList_GET_ITEM(array, at), known, depth, &waiting, digests + at * SHA256_DIGEST) < 0;
    }
    if (!failed) {
        Sha256 message;
        flush(&waiting);
        sha256_begin(&message, sha256_start);
        sha256_take(&message, digests, (size_t)count * SHA256_DIGEST);
        sha256_finish(&message, digest, SHA256_DIGEST);
    }
    PyMem_Free(digests);
    return failed ? -1 : 0;
}

/* The digest is written now, or when `waiting` is flushed. -1, perhaps with an exception, for what is given up. */
static int hash_value(PyObject *value, PyObject *known, int depth, Waiting *waiting, unsigned char *digest) {
    if (depth == 0) return -1;
    if (PyBytes_CheckExact(value)) {
        hash_octets((unsigned char *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value), waiting, digest);
        return 0;
    }
    if (PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || PyBool_Check(value)) {
        int found = look_up(value, known, digest);
        if (found != 0) return found < 0 ? -1 : 0;
        return PyUnicode_CheckExact(value) ? hash_text(value, waiting, digest) : hash_number(value, waiting, digest);
    }
    if (PyDict_CheckExact(value)) return hash_map(value, known, depth - 1, digest);
    if (PyList_CheckExact(value)) return hash_array(value, known, depth - 1, digest);
    return -1;
}

/* value_hash(value, known): 32 bytes, or None. `known` has hashes of short texts and of numbers; names join it. */
static PyObject *value_hash(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    unsigned char digest[SHA256_DIGEST];
    Waiting waiting;
    waiting.count = 0;
    if (given != 2 || !PyDict_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "value_hash() takes a value and a dict");
        return NULL;
    }
    if (hash_value(arguments[0], arguments[1], DEEPEST, &waiting, digest) < 0) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    flush(&waiting);
    return PyBytes_FromStringAndSize((const char *)digest, SHA256_DIGEST);
}

static PyMethodDef methods[] = {
    {"value_hash", FASTCALL(value_hash), "The hash of a value, or None."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_value_hash", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__value_hash(void) { return PyModule_Create(&definition); }
