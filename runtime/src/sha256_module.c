/* `_sha256` in the place of CPython's, whose compression takes twice the instructions; hashlib finds it by its name. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sha256.h"

enum { LENGTH_AT = SHA256_BLOCK - 8, LARGEST_DIGEST = 32 };

typedef struct {
    PyObject_HEAD
    uint64_t count; /* bytes so far; those of a block that is not full wait in `rest` */
    uint32_t state[8];
    unsigned char rest[SHA256_BLOCK];
} Hash;

static PyTypeObject sha256_type, sha224_type;

static const uint32_t sha256_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint32_t sha224_start[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                         0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};

static Py_ssize_t size_of(PyObject *hash) { return Py_IS_TYPE(hash, &sha256_type) ? 32 : 28; }

static void take(Hash *hash, const unsigned char *data, size_t size) {
    size_t waiting = hash->count % SHA256_BLOCK;
    hash->count += size;
    if (waiting > 0) {
        size_t missing = SHA256_BLOCK - waiting;
        if (size < missing) {
            memcpy(hash->rest + waiting, data, size);
            return;
        }
        memcpy(hash->rest + waiting, data, missing);
        sha256_blocks(hash->state, hash->rest, 1);
        data += missing;
        size -= missing;
    }
    sha256_blocks(hash->state, data, size / SHA256_BLOCK);
    memcpy(hash->rest, data + size / SHA256_BLOCK * SHA256_BLOCK, size % SHA256_BLOCK);
}

/* FIPS 180-4, section 5.1.1: a one, zeros, the length in bits. The hash itself may go on. */
static void finish(const Hash *hash, unsigned char *digest, Py_ssize_t size) {
    unsigned char last[2 * SHA256_BLOCK];
    uint32_t state[8];
    size_t waiting = hash->count % SHA256_BLOCK, blocks = waiting < LENGTH_AT ? 1 : 2;
    uint64_t bits = __builtin_bswap64(hash->count * 8);
    unsigned char *length = last + blocks * SHA256_BLOCK - sizeof bits;
    memcpy(state, hash->state, sizeof state);
    memcpy(last, hash->rest, waiting);
    last[waiting] = 0x80;
    memset(last + waiting + 1, 0, (size_t)(length - last) - waiting - 1);
    memcpy(length, &bits, sizeof bits);
    sha256_blocks(state, last, blocks);
    for (Py_ssize_t at = 0; at < size; at += 4) {
        uint32_t word = __builtin_bswap32(state[at / 4]);
        memcpy(digest + at, &word, sizeof word);
    }
}

static int take_object(Hash *hash, PyObject *data) {
    Py_buffer view;
    if (PyBytes_CheckExact(data)) {
        take(hash, (const unsigned char *)PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data));
        return 0;
    }
    if (PyUnicode_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "Strings must be encoded before hashing");
        return -1;
    }
    if (!PyObject_CheckBuffer(data)) {
        PyErr_SetString(PyExc_TypeError, "object supporting the buffer API required");
        return -1;
    }
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return -1;
    if (view.ndim > 1) {
        PyErr_SetString(PyExc_BufferError, "Buffer must be single dimension");
        PyBuffer_Release(&view);
        return -1;
    }
    take(hash, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static PyObject *update(PyObject *self, PyObject *data) {
    if (take_object((Hash *)self, data) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *digest(PyObject *self, PyObject *unused) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size_of(self));
    if (bytes != NULL) finish((Hash *)self, (unsigned char *)PyBytes_AS_STRING(bytes), size_of(self));
    return bytes;
}

static PyObject *hexdigest(PyObject *self, PyObject *unused) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[LARGEST_DIGEST];
    char text[2 * LARGEST_DIGEST];
    Py_ssize_t size = size_of(self);
    finish((Hash *)self, bytes, size);
    for (Py_ssize_t at = 0; at < size; at++) {
        text[2 * at] = digits[bytes[at] >> 4];
        text[2 * at + 1] = digits[bytes[at] & 15];
    }
    return PyUnicode_FromStringAndSize(text, 2 * size);
}

static Hash *empty(PyTypeObject *type, const uint32_t start[8]) {
    Hash *hash = PyObject_New(Hash, type);
    if (hash == NULL) return NULL;
    hash->count = 0;
    memcpy(hash->state, start, sizeof hash->state);
    return hash;
}

static PyObject *copy(PyObject *self, PyObject *unused) {
    const Hash *hash = (Hash *)self;
    Hash *other = empty(Py_TYPE(self), hash->state);
    if (other == NULL) return NULL;
    other->count = hash->count;
    memcpy(other->rest, hash->rest, hash->count % SHA256_BLOCK);
    return (PyObject *)other;
}

static PyObject *get_block_size(PyObject *self, void *unused) { return PyLong_FromLong(SHA256_BLOCK); }
static PyObject *get_digest_size(PyObject *self, void *unused) { return PyLong_FromSsize_t(size_of(self)); }
static PyObject *get_name(PyObject *self, void *unused) {
    return PyUnicode_FromString(size_of(self) == 32 ? "sha256" : "sha224");
}

static PyMethodDef hash_methods[] = {
    {"copy", copy, METH_NOARGS, "Return a copy of the hash object."},
    {"digest", digest, METH_NOARGS, "Return the digest value as a bytes object."},
    {"hexdigest", hexdigest, METH_NOARGS, "Return the digest value as a string of hexadecimal digits."},
    {"update", update, METH_O, "Update this hash object's state with the provided string."},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef hash_attributes[] = {
    {"block_size", get_block_size, NULL, NULL, NULL},
    {"digest_size", get_digest_size, NULL, NULL, NULL},
    {"name", get_name, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define HASH_TYPE(type_name)                                                                      \
    {                                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = type_name, .tp_basicsize = sizeof(Hash),         \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, \
        .tp_methods = hash_methods, .tp_getset = hash_attributes,                                 \
    }
static PyTypeObject sha256_type = HASH_TYPE("_sha256.sha256");
static PyTypeObject sha224_type = HASH_TYPE("_sha256.sha224");

static PyObject *started(Hash *hash, PyObject *const *arguments, Py_ssize_t given, PyObject *names) {
    static const char *const keywords[] = {"string", "usedforsecurity", NULL};
    static _PyArg_Parser parser = {.format = "|O$p:sha256", .keywords = keywords};
    PyObject *data = given == 1 ? arguments[0] : NULL;
    int for_security;
    if (hash == NULL) return NULL;
    int parsed = (given <= 1 && names == NULL) ||
                 _PyArg_ParseStackAndKeywords(arguments, given, names, &parser, &data, &for_security);
    if (!parsed || (data != NULL && take_object(hash, data) < 0)) Py_CLEAR(hash);
    return (PyObject *)hash;
}

static PyObject *sha256(PyObject *module, PyObject *const *arguments, Py_ssize_t given, PyObject *names) {
    return started(empty(&sha256_type, sha256_start), arguments, given, names);
}

static PyObject *sha224(PyObject *module, PyObject *const *arguments, Py_ssize_t given, PyObject *names) {
    return started(empty(&sha224_type, sha224_start), arguments, given, names);
}

#define KEYWORDS(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL | METH_KEYWORDS
static PyMethodDef module_methods[] = {
    {"sha256", KEYWORDS(sha256), "Return a new SHA-256 hash object; optionally initialized with a string."},
    {"sha224", KEYWORDS(sha224), "Return a new SHA-224 hash object; optionally initialized with a string."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_sha256", .m_size = -1, .m_methods = module_methods};

PyMODINIT_FUNC PyInit__sha256(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) return NULL;
    if (PyType_Ready(&sha256_type) < 0 || PyType_Ready(&sha224_type) < 0 ||
        PyModule_AddObjectRef(module, "SHA256Type", (PyObject *)&sha256_type) < 0 ||
        PyModule_AddObjectRef(module, "SHA224Type", (PyObject *)&sha224_type) < 0) {
        Py_CLEAR(module);
    }
    return module;
}
