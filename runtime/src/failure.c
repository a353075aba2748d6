/* Exceptions that nobody caught: traceback to the canister log, then a trap with "TypeName: message". */
#include "runtime.h"
#include <frameobject.h>

enum { CHAIN_LIMIT = 8, FRAME_LIMIT = 100 };

_Noreturn void trap_with_text(const char *text, size_t size) {
    log_flush();
    ic0_trap(text, size);
    __builtin_unreachable();
}

static void log_object(PyObject *text) {
    PyObject *encoded = text == NULL ? NULL : encoded_text(text);
    if (encoded != NULL) log_write(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
    PyErr_Clear();
    Py_XDECREF(encoded);
    Py_XDECREF(text);
}

/* "ValueError: too long", with the bare type name; both this and the text of last resort are worded as by Kybra. */
static PyObject *description(PyObject *exception) {
    PyObject *name = PyType_GetName(Py_TYPE(exception));
    PyObject *message = PyObject_Str(exception);
    PyObject *text = NULL;
    if (message == NULL) {
        PyErr_Clear();
        if (name) text = PyUnicode_FromFormat("Attribute Error: '%U' object has no attribute '__str__'", name);
    } else if (name) {
        text = PyUnicode_FromFormat("%U: %U", name, message);
    }
    Py_XDECREF(name);
    Py_XDECREF(message);
    return text;
}

static void log_frame(PyTracebackObject *entry) {
    PyCodeObject *code = PyFrame_GetCode(entry->tb_frame);
    int line = PyCode_Addr2Line(code, entry->tb_lasti);
    log_object(PyUnicode_FromFormat("  File \"%U\", line %d, in %U\n", code->co_filename, line, code->co_qualname));
    Py_DECREF(code);
}

static void log_frames(PyObject *exception) {
    PyObject *traceback = PyException_GetTraceback(exception);
    if (traceback == NULL) return;
    int frames = 0;
    for (PyTracebackObject *entry = (PyTracebackObject *)traceback; entry != NULL; entry = entry->tb_next) {
        if (++frames <= FRAME_LIMIT) log_frame(entry);
    }
    if (frames > FRAME_LIMIT) log_object(PyUnicode_FromFormat("  ... %d more frames\n", frames - FRAME_LIMIT));
    Py_DECREF(traceback);
}

static void log_exception(PyObject *exception, int depth);

static void log_origin(PyObject *exception, int depth) {
    PyObject *cause = PyException_GetCause(exception);
    PyObject *context = PyException_GetContext(exception);
    int shows_context = cause == NULL && context != NULL && !((PyBaseExceptionObject *)exception)->suppress_context;
    if (cause != NULL) {
        log_exception(cause, depth + 1);
        log_object(PyUnicode_FromString("which was the direct cause of:\n"));
    } else if (shows_context) {
        log_exception(context, depth + 1);
        log_object(PyUnicode_FromString("during whose handling came:\n"));
    }
    Py_XDECREF(cause);
    Py_XDECREF(context);
}

static void log_exception(PyObject *exception, int depth) {
    if (depth < CHAIN_LIMIT) log_origin(exception, depth);
    log_object(PyUnicode_FromString("Traceback (most recent call last):\n"));
    log_frames(exception);
    log_object(description(exception));
    log_write("\n", 1);
}

/* Ends the message with the exception that is set. */
_Noreturn void trap_with_exception(void) {
    PyObject *type, *exception, *traceback;
    PyErr_Fetch(&type, &exception, &traceback);
    PyErr_NormalizeException(&type, &exception, &traceback);
    if (exception == NULL) trap_with_text("SystemError: an error without an exception", 42);
    if (traceback != NULL) PyException_SetTraceback(exception, traceback);
    log_flush();
    log_exception(exception, 0);
    PyObject *text = description(exception);
    PyObject *encoded = text == NULL ? NULL : encoded_text(text);
    if (encoded == NULL) trap_with_text("MemoryError: ", 13);
    trap_with_text(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
}
