/* Where instructions go: a tree of calls of Python functions with what each took itself, kept over messages.
 *
 * Frames are evaluated by a function of ours that reads the counter before and after (PEP 523); between those, bytecode
 * runs as it always does, which it would not under sys.setprofile. Only modules built for profiling have it turned on. */
#define Py_BUILD_CORE_MODULE 1
#include "runtime.h"
#include <stdlib.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>

typedef struct {
    PyCodeObject *code; /* NULL for the root: the message itself, with what C does outside any function */
    uint32_t parent, first_child, sibling;
    uint64_t calls, own;
} Call;

enum { ROOT = 0, FIRST_CAPACITY = 256 };

static Call *calls;
static uint32_t used, capacity, current;
static uint64_t since;
static int wanted, hooked, resetting;

static uint32_t add_call(uint32_t parent, PyCodeObject *code) {
    if (used == capacity) {
        capacity = capacity ? 2 * capacity : FIRST_CAPACITY;
        calls = realloc(calls, capacity * sizeof *calls);
        if (calls == NULL) trap_with_text("MemoryError: the profile grew too large", 39);
    }
    uint32_t added = used++;
    calls[added] = (Call){.code = code, .parent = parent};
    Py_XINCREF(code);
    if (added != ROOT) {
        calls[added].sibling = calls[parent].first_child;
        calls[parent].first_child = added;
    }
    return added;
}

static uint32_t child_of(uint32_t parent, PyCodeObject *code) {
    for (uint32_t child = calls[parent].first_child; child != 0; child = calls[child].sibling) {
        if (calls[child].code == code) return child;
    }
    return add_call(parent, code);
}

static void move_to(uint32_t call) {
    calls[current].own += ic0_performance_counter(0) - since;
    current = call;
    since = ic0_performance_counter(0);
}

static PyObject *evaluate(PyThreadState *state, _PyInterpreterFrame *frame, int throwing) {
    uint32_t caller = current;
    calls[caller].own += ic0_performance_counter(0) - since;
    current = child_of(caller, frame->f_code);
    calls[current].calls++;
    since = ic0_performance_counter(0);
    PyObject *result = _PyEval_EvalFrameDefault(state, frame, throwing);
    move_to(caller);
    return result;
}

void profile_begin(void) {
    if (!wanted) return;
    if (used == 0) add_call(ROOT, NULL);
    if (!hooked) _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), evaluate);
    hooked = 1;
    current = ROOT;
    calls[ROOT].calls++;
    since = ic0_performance_counter(0);
}

static void forget(void) {
    for (uint32_t call = 0; call < used; call++) {
        calls[call].calls = 0;
        calls[call].own = 0;
    }
    resetting = 0;
}

void profile_end(void) {
    if (!wanted) return;
    move_to(ROOT);
    if (resetting) forget();
}

/* The image is made for profiling: from the first message on. */
static PyObject *start_profile(PyObject *module, PyObject *unused) {
    wanted = 1;
    Py_RETURN_NONE;
}

/* At the end of this message, which is not counted either. */
static PyObject *reset_profile(PyObject *module, PyObject *unused) {
    resetting = 1;
    Py_RETURN_NONE;
}

/* A list of (parent, file, line, function, calls, instructions of its own), the root first, parents before children.
 * The message that asks is none of those that the root counts. */
static PyObject *profile(PyObject *module, PyObject *unused) {
    PyObject *rows = PyList_New(0);
    for (uint32_t i = 0; rows != NULL && i < used; i++) {
        const Call *call = &calls[i];
        PyObject *row = call->code == NULL
                            ? Py_BuildValue("(IsisKK)", call->parent, "", 0, "", call->calls - 1, call->own)
                            : Py_BuildValue("(IOiOKK)", call->parent, call->code->co_filename,
                                            call->code->co_firstlineno, call->code->co_qualname, call->calls, call->own);
        if (row == NULL || PyList_Append(rows, row) < 0) Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    return rows;
}

PyMethodDef profile_methods[] = {
    {"start_profile", start_profile, METH_NOARGS, NULL},
    {"reset_profile", reset_profile, METH_NOARGS, NULL},
    {"profile", profile, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
