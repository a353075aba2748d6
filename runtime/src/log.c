/* The canister log: what is written to standard output and error, line by line. */
#include "runtime.h"

static char line[2048];
static size_t used;

void log_flush(void) {
    if (used > 0) ic0_debug_print(line, used);
    used = 0;
}

static void append(const char *text, size_t size) {
    while (size > 0) {
        size_t part = size < sizeof line - used ? size : sizeof line - used;
        memcpy(line + used, text, part);
        used += part;
        text += part;
        size -= part;
        if (used == sizeof line) log_flush();
    }
}

void log_write(const char *text, size_t size) {
    const char *newline;
    while (size > 0 && (newline = memchr(text, '\n', size)) != NULL) {
        size_t part = (size_t)(newline - text);
        append(text, part);
        log_flush();
        text += part + 1;
        size -= part + 1;
    }
    append(text, size);
}

static PyObject *write_log(PyObject *module, PyObject *text) {
    PyObject *encoded = encoded_text(text);
    if (encoded == NULL) return NULL;
    log_write(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
    Py_DECREF(encoded);
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text));
}

PyMethodDef log_methods[] = {
    {"write_log", write_log, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
