/* Stable memory. Its functions take 64-bit addresses on both sides. */
#include "runtime.h"

static uint64_t address(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

static PyObject *stable64_size(PyObject *module, PyObject *unused) {
    return PyLong_FromUnsignedLongLong(ic0_stable64_size());
}

/* The former size in pages, or -1. */
static PyObject *stable64_grow(PyObject *module, PyObject *pages) {
    uint64_t wanted = PyLong_AsUnsignedLongLong(pages);
    if (wanted == (uint64_t)-1 && PyErr_Occurred()) return NULL;
    return PyLong_FromLongLong((int64_t)ic0_stable64_grow(wanted));
}

static PyObject *stable64_read(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (expect_arguments("stable64_read", given, 2) < 0) return NULL;
    uint64_t offset = PyLong_AsUnsignedLongLong(arguments[0]);
    if (offset == (uint64_t)-1 && PyErr_Occurred()) return NULL;
    Py_ssize_t length = PyLong_AsSsize_t(arguments[1]);
    if (length == -1 && PyErr_Occurred()) return NULL;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
    if (bytes != NULL) ic0_stable64_read(address(PyBytes_AS_STRING(bytes)), offset, (uint64_t)length);
    return bytes;
}

static PyObject *stable64_write(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    Py_buffer view;
    if (expect_arguments("stable64_write", given, 2) < 0) return NULL;
    uint64_t offset = PyLong_AsUnsignedLongLong(arguments[0]);
    if (offset == (uint64_t)-1 && PyErr_Occurred()) return NULL;
    if (PyObject_GetBuffer(arguments[1], &view, PyBUF_SIMPLE) < 0) return NULL;
    ic0_stable64_write(offset, address(view.buf), (uint64_t)view.len);
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

PyMethodDef stable_methods[] = {
    {"stable64_size", stable64_size, METH_NOARGS, NULL},
    {"stable64_grow", stable64_grow, METH_O, NULL},
    {"stable64_read", FASTCALL(stable64_read), NULL},
    {"stable64_write", FASTCALL(stable64_write), NULL},
    {NULL, NULL, 0, NULL},
};
