/* The exceptions of canister_runtime.stable.errors. */
#include "stable_map/map.h"

static const char *const names[ERROR_KINDS] = {"StableCorruption", "StableFull", "KeyNotOrdered", "KeyTooLarge",
                                               "ValueTooLarge"};
static PyObject *classes[ERROR_KINDS];

int load_stable_errors(void) {
    if (classes[CORRUPTION] != NULL) return 0;
    PyObject *module = PyImport_ImportModule("canister_runtime.stable.errors");
    if (module == NULL) return -1;
    for (int kind = ERROR_KINDS - 1; kind >= 0; kind--) {
        classes[kind] = PyObject_GetAttrString(module, names[kind]);
        if (classes[kind] == NULL) break;
    }
    Py_DECREF(module);
    return classes[CORRUPTION] == NULL ? -1 : 0;
}

int fail(StableError kind, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(classes[kind], format, arguments);
    va_end(arguments);
    return -1;
}

int fail_size(StableError kind, size_t limit, size_t found) {
    PyObject *error = PyObject_CallFunction(classes[kind], "nn", (Py_ssize_t)limit, (Py_ssize_t)found);
    if (error != NULL) PyErr_SetObject(classes[kind], error);
    Py_XDECREF(error);
    return -1;
}

/* Whether the exception that is set is one that decoding a damaged key gives. */
int is_damage(void) {
    return PyErr_ExceptionMatches(PyExc_ValueError) || PyErr_ExceptionMatches(PyExc_LookupError) ||
           PyErr_ExceptionMatches(PyExc_TypeError);
}
