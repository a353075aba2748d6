/* What the parts of the shim offer each other. */
#ifndef VEX_RUNTIME_H
#define VEX_RUNTIME_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fastcall.h"
#include "ic0.h"

/* Each part of the system API brings its methods; module.c joins them into `_ic0`. */
extern PyMethodDef message_methods[];
extern PyMethodDef cycles_methods[];
extern PyMethodDef canister_methods[];
extern PyMethodDef call_methods[];
extern PyMethodDef stable_methods[];
extern PyMethodDef random_methods[];
extern PyMethodDef log_methods[];
extern PyMethodDef image_methods[];
extern PyMethodDef await_methods[];
extern PyMethodDef profile_methods[];
extern PyTypeObject MethodType;

PyObject *create_ic0(void);
PyObject *create_runtime(void);
PyMODINIT_FUNC PyInit__stable_map(void);
PyMODINIT_FUNC PyInit__merkle(void);
PyMODINIT_FUNC PyInit__digests(void);
PyMODINIT_FUNC PyInit__texts(void);
PyMODINIT_FUNC PyInit__numbered_parts(void);
PyMODINIT_FUNC PyInit__value_hash(void);

/* arguments.c */
int expect_arguments(const char *function, Py_ssize_t given, Py_ssize_t wanted);
int amount_to_words(PyObject *amount, uint64_t words[2]);
PyObject *amount_from_words(const uint64_t words[2]);
PyObject *encoded_text(PyObject *text);

/* log.c */
void log_write(const char *text, size_t size);
void log_flush(void);

/* failure.c */
_Noreturn void trap_with_text(const char *text, size_t size);
_Noreturn void trap_with_exception(void);

/* entry.c */
void set_entry_points(PyObject *entries, PyObject *callback);
enum { REPLY, REJECT, CLEANUP }; /* as in canister_runtime/system_api.py */
void call_back(uint32_t environment, int outcome);

/* profile.c */
void profile_begin(void);
void profile_end(void);

/* random.c */
void random_fill(unsigned char *destination, size_t size);

/* The functions of ic0 that hand out bytes come in pairs of size and copy. */
#define BYTES_GETTER(function, source)                                     \
    static PyObject *function(PyObject *module, PyObject *unused) {        \
        size_t size = ic0_##source##_size();                               \
        PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size); \
        if (bytes != NULL) ic0_##source##_copy(PyBytes_AS_STRING(bytes), 0, size); \
        return bytes;                                                      \
    }

#endif
