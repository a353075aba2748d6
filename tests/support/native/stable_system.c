/* Stable memory as the maps see it: an object with the methods of SystemApi, for tests on this machine. Or, for speed, a
 * bytearray: 2,000 pages, of which those behind its end are zero until they are written to. */
#include "stable_map/map.h"

enum { PLAIN_PAGES = 2000, MOST_PLAIN_BYTES = 1 << 24 };

static int is_plain(PyObject *source) { return PyByteArray_CheckExact(source); }

static void read_plain(PyObject *source, uint64_t offset, uint8_t *destination, size_t size) {
    uint64_t length = (uint64_t)PyByteArray_GET_SIZE(source);
    size_t there = offset >= length ? 0 : length - offset < size ? (size_t)(length - offset) : size;
    if (there > 0) memcpy(destination, PyByteArray_AS_STRING(source) + offset, there);
    memset(destination + there, 0, size - there);
}

static int write_plain(PyObject *source, uint64_t offset, const void *bytes, size_t size) {
    Py_ssize_t length = PyByteArray_GET_SIZE(source);
    uint64_t end = offset + size;
    if (end > MOST_PLAIN_BYTES) return fail(FULL, "a test writes no further than %d", MOST_PLAIN_BYTES);
    if (end > (uint64_t)length) {
        if (PyByteArray_Resize(source, (Py_ssize_t)end) < 0) return -1;
        memset(PyByteArray_AS_STRING(source) + length, 0, (size_t)end - (size_t)length);
    }
    memcpy(PyByteArray_AS_STRING(source) + offset, bytes, size);
    return 0;
}

int system_size(PyObject *source, uint64_t *pages) {
    *pages = PLAIN_PAGES;
    if (is_plain(source)) return 0;
    PyObject *size = PyObject_CallMethod(source, "stable64_size", NULL);
    if (size == NULL) return -1;
    *pages = PyLong_AsUnsignedLongLong(size);
    Py_DECREF(size);
    return PyErr_Occurred() ? -1 : 0;
}

int system_grow(PyObject *source, uint64_t pages) {
    if (is_plain(source)) return fail(FULL, "a test has %d pages", PLAIN_PAGES);
    PyObject *former = PyObject_CallMethod(source, "stable64_grow", "K", (unsigned long long)pages);
    if (former == NULL) return -1;
    int refused = PyLong_AsLongLong(former) == -1;
    Py_DECREF(former);
    if (PyErr_Occurred()) return -1;
    return refused ? fail(FULL, "stable memory does not grow by %llu pages", (unsigned long long)pages) : 0;
}

int system_read(PyObject *source, uint64_t offset, void *destination, size_t size) {
    if (is_plain(source)) {
        read_plain(source, offset, destination, size);
        return 0;
    }
    PyObject *bytes = PyObject_CallMethod(source, "stable64_read", "Kn", (unsigned long long)offset, (Py_ssize_t)size);
    if (bytes == NULL) return -1;
    memcpy(destination, PyBytes_AS_STRING(bytes), size);
    Py_DECREF(bytes);
    return 0;
}

int system_write(PyObject *source, uint64_t offset, const void *bytes, size_t size) {
    if (is_plain(source)) return write_plain(source, offset, bytes, size);
    PyObject *result = PyObject_CallMethod(source, "stable64_write", "Ky#", (unsigned long long)offset,
                                           (const char *)bytes, (Py_ssize_t)size);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
