/* Calls to other canisters. Their outcomes come back through the module's table, into entry.c. */
#include "method.h"

static void on_reply(uint32_t environment) { call_back(environment, REPLY); }
static void on_reject(uint32_t environment) { call_back(environment, REJECT); }
static void on_cleanup(uint32_t environment) { call_back(environment, CLEANUP); }

/* No function stands at this index; the replica drops the answer of a call that names it. */
#define NOWHERE ((ic0_closure *)UINT32_MAX)

typedef struct {
    Py_buffer callee;
    const char *method;
    Py_ssize_t method_size;
    Py_buffer argument;
    uint64_t cycles[2];
} Call;

static void release_call(Call *call) {
    PyBuffer_Release(&call->callee);
    PyBuffer_Release(&call->argument);
}

static int parse_call(Call *call, PyObject *const *arguments) {
    memset(call, 0, sizeof *call);
    call->method = PyUnicode_AsUTF8AndSize(arguments[1], &call->method_size);
    if (call->method == NULL || amount_to_words(arguments[3], call->cycles) < 0) return -1;
    if (PyObject_GetBuffer(arguments[0], &call->callee, PyBUF_SIMPLE) < 0) return -1;
    if (PyObject_GetBuffer(arguments[2], &call->argument, PyBUF_SIMPLE) == 0) return 0;
    PyBuffer_Release(&call->callee);
    return -1;
}

static PyObject *perform(Call *call) {
    ic0_call_data_append(call->argument.buf, (size_t)call->argument.len);
    if (call->cycles[0] != 0 || call->cycles[1] != 0) ic0_call_cycles_add128(call->cycles[1], call->cycles[0]);
    release_call(call);
    return PyLong_FromLong(ic0_call_perform());
}

int perform_call(const OutgoingCall *call, uint32_t environment) {
    ic0_call_new(call->callee, call->callee_size, call->method, call->method_size, on_reply, environment, on_reject,
                 environment);
    ic0_call_on_cleanup(on_cleanup, environment);
    ic0_call_data_append(call->argument, call->argument_size);
    return ic0_call_perform();
}

static PyObject *call(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    Call call;
    if (expect_arguments("call", given, 5) < 0) return NULL;
    unsigned long environment = PyLong_AsUnsignedLong(arguments[4]);
    if (environment == (unsigned long)-1 && PyErr_Occurred()) return NULL;
    if (parse_call(&call, arguments) < 0) return NULL;
    ic0_call_new(call.callee.buf, (size_t)call.callee.len, call.method, (size_t)call.method_size, on_reply,
                 environment, on_reject, environment);
    ic0_call_on_cleanup(on_cleanup, environment);
    return perform(&call);
}

static PyObject *call_oneway(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    Call call;
    if (expect_arguments("call_oneway", given, 4) < 0 || parse_call(&call, arguments) < 0) return NULL;
    ic0_call_new(call.callee.buf, (size_t)call.callee.len, call.method, (size_t)call.method_size, NOWHERE, 0,
                 NOWHERE, 0);
    return perform(&call);
}

PyMethodDef call_methods[] = {
    {"call", FASTCALL(call), NULL},
    {"call_oneway", FASTCALL(call_oneway), NULL},
    {NULL, NULL, 0, NULL},
};
