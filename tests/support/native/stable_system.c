/* Stable memory as the maps see it: an object with the methods of SystemApi, for tests on this machine. */
#include "stable_map/map.h"

int system_size(PyObject *source, uint64_t *pages) {
    PyObject *size = PyObject_CallMethod(source, "stable64_size", NULL);
    if (size == NULL) return -1;
    *pages = PyLong_AsUnsignedLongLong(size);
    Py_DECREF(size);
    return PyErr_Occurred() ? -1 : 0;
}

int system_grow(PyObject *source, uint64_t pages) {
    PyObject *former = PyObject_CallMethod(source, "stable64_grow", "K", (unsigned long long)pages);
    if (former == NULL) return -1;
    int refused = PyLong_AsLongLong(former) == -1;
    Py_DECREF(former);
    if (PyErr_Occurred()) return -1;
    return refused ? fail(FULL, "stable memory does not grow by %llu pages", (unsigned long long)pages) : 0;
}

int system_read(PyObject *source, uint64_t offset, void *destination, size_t size) {
    PyObject *bytes = PyObject_CallMethod(source, "stable64_read", "Kn", (unsigned long long)offset, (Py_ssize_t)size);
    if (bytes == NULL) return -1;
    memcpy(destination, PyBytes_AS_STRING(bytes), size);
    Py_DECREF(bytes);
    return 0;
}

int system_write(PyObject *source, uint64_t offset, const void *bytes, size_t size) {
    PyObject *result = PyObject_CallMethod(source, "stable64_write", "Ky#", (unsigned long long)offset,
                                           (const char *)bytes, (Py_ssize_t)size);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
