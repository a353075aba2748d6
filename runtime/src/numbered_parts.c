/* `_numbered_parts`: the digest of a record's numbered parts (vex_domain/ticket_proof.py has the same in Python). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fastcall.h"
#include "sha256.h"

enum { NUMBERS = 255, WORD = 8 };

static void take_part(Sha256 *message, unsigned char number, const char *content, size_t size) {
    unsigned char head[5] = {number, (unsigned char)(size >> 24), (unsigned char)(size >> 16), (unsigned char)(size >> 8),
                             (unsigned char)size};
    sha256_take(message, head, sizeof head);
    sha256_take(message, (const unsigned char *)content, size);
}

static int take_text(Sha256 *message, unsigned char number, PyObject *text) {
    if (!PyUnicode_CheckExact(text) || PyUnicode_READY(text) < 0) return -1;
    if (PyUnicode_IS_COMPACT_ASCII(text)) {
        take_part(message, number, PyUnicode_DATA(text), (size_t)PyUnicode_GET_LENGTH(text));
        return 0;
    }
    PyObject *octets = PyUnicode_AsUTF8String(text);
    if (octets == NULL) return -1;
    take_part(message, number, PyBytes_AS_STRING(octets), (size_t)PyBytes_GET_SIZE(octets));
    Py_DECREF(octets);
    return 0;
}

static int take_number(Sha256 *message, unsigned char number, PyObject *value) {
    uint64_t word = PyLong_AsUnsignedLongLong(value);
    if (word == (uint64_t)-1 && PyErr_Occurred()) return -1;
    word = __builtin_bswap64(word);
    take_part(message, number, (const char *)&word, WORD);
    return 0;
}

static int take_value(Sha256 *message, unsigned char number, PyObject *value) {
    if (value == Py_None) return 0;
    if (PyUnicode_CheckExact(value)) return take_text(message, number, value);
    if (PyLong_CheckExact(value) || PyBool_Check(value)) return take_number(message, number, value);
    if (!PyList_CheckExact(value)) return -1;
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(value); at++) {
        if (take_text(message, number, PyList_GET_ITEM(value, at)) < 0) return -1;
    }
    return 0;
}

static int take_record(Sha256 *message, PyObject *record, PyObject *names) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(names); at++) {
        PyObject *name = PyTuple_GET_ITEM(names, at);
        if (!PyUnicode_CheckExact(name)) return -1;
        PyObject *value = PyDict_GetItemWithError(record, name);
        if (value == NULL || take_value(message, (unsigned char)(at + 1), value) < 0) return -1;
    }
    return 0;
}

/* digest(salt, record, names): 32 bytes, or None for a record that is given up: Python says what is wrong with it. */
static PyObject *digest(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 3 || !PyBytes_CheckExact(arguments[0]) || !PyDict_CheckExact(arguments[1]) ||
        !PyTuple_CheckExact(arguments[2]) || PyTuple_GET_SIZE(arguments[2]) > NUMBERS) {
        PyErr_SetString(PyExc_TypeError, "digest() takes bytes, a dict and a tuple");
        return NULL;
    }
    Sha256 message;
    unsigned char octets[SHA256_DIGEST];
    sha256_begin(&message, sha256_start);
    sha256_take(&message, (unsigned char *)PyBytes_AS_STRING(arguments[0]), (size_t)PyBytes_GET_SIZE(arguments[0]));
    if (take_record(&message, arguments[1], arguments[2]) < 0) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    sha256_finish(&message, octets, sizeof octets);
    return PyBytes_FromStringAndSize((const char *)octets, sizeof octets);
}

static PyMethodDef methods[] = {
    {"digest", FASTCALL(digest), "SHA-256 of a salt and a record's parts, or None."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_numbered_parts", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__numbered_parts(void) { return PyModule_Create(&definition); }
