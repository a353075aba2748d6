/* `_sha256` in the place of CPython's, whose compression takes twice the instructions; hashlib finds it by its name. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "sha256.h"

typedef struct {
    PyObject_HEAD
    Sha256 message;
} Hash;

static PyTypeObject sha256_type, sha224_type;

static const uint32_t sha224_start[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                         0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};

static size_t size_of(PyObject *hash) { return Py_IS_TYPE(hash, &sha256_type) ? 32 : 28; }

static int take_object(Hash *hash, PyObject *data) {
    Py_buffer view;
    if (PyBytes_CheckExact(data)) {
        sha256_take(&hash->message, (const unsigned char *)PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data));
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
    sha256_take(&hash->message, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static PyObject *update(PyObject *self, PyObject *data) {
    if (take_object((Hash *)self, data) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *digest(PyObject *self, PyObject *unused) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size_of(self));
    if (bytes != NULL) {
        sha256_finish(&((Hash *)self)->message, (unsigned char *)PyBytes_AS_STRING(bytes), size_of(self));
    }
    return bytes;
}

static PyObject *hexdigest(PyObject *self, PyObject *unused) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[SHA256_DIGEST];
    char text[2 * SHA256_DIGEST];
    size_t size = size_of(self);
    sha256_finish(&((Hash *)self)->message, bytes, size);
    for (size_t at = 0; at < size; at++) {
        text[2 * at] = digits[bytes[at] >> 4];
        text[2 * at + 1] = digits[bytes[at] & 15];
    }
    return PyUnicode_FromStringAndSize(text, (Py_ssize_t)(2 * size));
}

static Hash *empty(PyTypeObject *type, const uint32_t start[8]) {
    Hash *hash = PyObject_New(Hash, type);
    if (hash != NULL) sha256_begin(&hash->message, start);
    return hash;
}

static PyObject *copy(PyObject *self, PyObject *unused) {
    Hash *other = PyObject_New(Hash, Py_TYPE(self));
    if (other != NULL) other->message = ((Hash *)self)->message;
    return (PyObject *)other;
}

static PyObject *get_block_size(PyObject *self, void *unused) { return PyLong_FromLong(SHA256_BLOCK); }
static PyObject *get_digest_size(PyObject *self, void *unused) { return PyLong_FromSize_t(size_of(self)); }
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
