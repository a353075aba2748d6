/* `_digests`: hashes of bytes in one call, without an object for each (vex_domain/digests.py has them in Python). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fastcall.h"
#include "sha256.h"
#include "siphash.h"

enum { KEY = 16 };

static int octets_of(PyObject *part, Octets *octets) {
    if (PyBytes_Check(part)) {
        *octets = (Octets){(const unsigned char *)PyBytes_AS_STRING(part), (size_t)PyBytes_GET_SIZE(part)};
        return 0;
    }
    if (PyByteArray_Check(part)) {
        *octets = (Octets){(const unsigned char *)PyByteArray_AS_STRING(part), (size_t)PyByteArray_GET_SIZE(part)};
        return 0;
    }
    PyErr_SetString(PyExc_TypeError, "bytes are hashed");
    return -1;
}

/* digest(*parts): SHA-256 of the parts one after the other. */
static PyObject *digest(PyObject *module, PyObject *const *parts, Py_ssize_t given) {
    Sha256 message;
    sha256_begin(&message, sha256_start);
    for (Py_ssize_t at = 0; at < given; at++) {
        Octets octets;
        if (octets_of(parts[at], &octets) < 0) return NULL;
        sha256_take(&message, octets.data, octets.size);
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, SHA256_DIGEST);
    if (bytes != NULL) sha256_finish(&message, (unsigned char *)PyBytes_AS_STRING(bytes), SHA256_DIGEST);
    return bytes;
}

static int sip(const uint64_t key[2], PyObject *const *parts, Py_ssize_t given, uint64_t result[2]) {
    SipHash hash;
    siphash_begin(&hash, key);
    for (Py_ssize_t at = 0; at < given; at++) {
        Octets octets;
        if (octets_of(parts[at], &octets) < 0) return -1;
        siphash_part(&hash, octets.data, octets.size);
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
    if (given < 1 || !PyBytes_CheckExact(arguments[0]) || PyBytes_GET_SIZE(arguments[0]) != KEY) {
        PyErr_SetString(PyExc_ValueError, "a key is 16 bytes");
        return NULL;
    }
    memcpy(key, PyBytes_AS_STRING(arguments[0]), sizeof key);
    if (sip(key, arguments + 1, given - 1, result) < 0) return NULL;
    return PyLong_FromUnsignedLongLong(result[0]);
}

static PyMethodDef methods[] = {
    {"digest", FASTCALL(digest), "SHA-256 of the parts, one after the other."},
    {"fingerprint", FASTCALL(fingerprint), "16 bytes that tell messages apart."},
    {"keyed_number", FASTCALL(keyed_number), "A keyed hash of 64 bits."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_digests", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__digests(void) { return PyModule_Create(&definition); }
