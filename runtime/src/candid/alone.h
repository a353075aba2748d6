/* Messages of one value, for C that has their bytes: what a plan's `decode_first` and `encode` do, without Python objects
 * in between. */
#ifndef VEX_CANDID_ALONE_H
#define VEX_CANDID_ALONE_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The value; NULL, without an exception, where `decoder` is another function or has to see the bytes itself. */
PyObject *decode_alone(PyObject *decoder, const unsigned char *message, size_t size);

/* The size of what was written to `room`; -1, without an exception, where it has no place there, `encoder` is another
 * function or has to see the value itself. */
Py_ssize_t encode_alone(PyObject *encoder, PyObject *value, unsigned char *room, size_t size);

#endif
