/* Conversions between Python's values and those of the system API. */
#include "runtime.h"

int expect_arguments(const char *function, Py_ssize_t given, Py_ssize_t wanted) {
    if (given == wanted) return 0;
    PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments (%zd given)", function, wanted, given);
    return -1;
}

/* A 128-bit amount as little-endian words; OverflowError when it is negative or larger. */
int amount_to_words(PyObject *amount, uint64_t words[2]) {
    if (!PyLong_Check(amount)) {
        PyErr_Format(PyExc_TypeError, "an amount is an int, not %.200s", Py_TYPE(amount)->tp_name);
        return -1;
    }
    return _PyLong_AsByteArray((PyLongObject *)amount, (unsigned char *)words, 16, 1, 0);
}

PyObject *amount_from_words(const uint64_t words[2]) {
    if (words[1] == 0) return PyLong_FromUnsignedLongLong(words[0]);
    return _PyLong_FromByteArray((const unsigned char *)words, 16, 1, 0);
}

/* UTF-8 that cannot fail for a str: lone surrogates become question marks. */
PyObject *encoded_text(PyObject *text) {
    return PyUnicode_AsEncodedString(text, "utf-8", "replace");
}
