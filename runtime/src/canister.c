/* The canister and its surroundings: identity, certified data, time and timer, counters, log and trap. */
#include "runtime.h"

BYTES_GETTER(canister_self, canister_self)
BYTES_GETTER(data_certificate, data_certificate)

static PyObject *canister_version(PyObject *module, PyObject *unused) {
    return PyLong_FromUnsignedLongLong(ic0_canister_version());
}

static PyObject *canister_status(PyObject *module, PyObject *unused) {
    return PyLong_FromLong(ic0_canister_status());
}

static PyObject *is_controller(PyObject *module, PyObject *principal) {
    Py_buffer view;
    if (PyObject_GetBuffer(principal, &view, PyBUF_SIMPLE) < 0) return NULL;
    int32_t answer = ic0_is_controller(view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return PyBool_FromLong(answer);
}

static PyObject *in_replicated_execution(PyObject *module, PyObject *unused) {
    return PyBool_FromLong(ic0_in_replicated_execution());
}

static PyObject *certified_data_set(PyObject *module, PyObject *data) {
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return NULL;
    ic0_certified_data_set(view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

static PyObject *data_certificate_present(PyObject *module, PyObject *unused) {
    return PyBool_FromLong(ic0_data_certificate_present());
}

static PyObject *now(PyObject *module, PyObject *unused) {
    return PyLong_FromUnsignedLongLong(ic0_time());
}

static PyObject *global_timer_set(PyObject *module, PyObject *timestamp) {
    uint64_t wanted = PyLong_AsUnsignedLongLong(timestamp);
    if (wanted == (uint64_t)-1 && PyErr_Occurred()) return NULL;
    return PyLong_FromUnsignedLongLong(ic0_global_timer_set(wanted));
}

static PyObject *performance_counter(PyObject *module, PyObject *kind) {
    long wanted = PyLong_AsLong(kind);
    if (wanted == -1 && PyErr_Occurred()) return NULL;
    return PyLong_FromUnsignedLongLong(ic0_performance_counter(wanted));
}

static PyObject *debug_print(PyObject *module, PyObject *text) {
    PyObject *encoded = encoded_text(text);
    if (encoded == NULL) return NULL;
    ic0_debug_print(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
    Py_DECREF(encoded);
    Py_RETURN_NONE;
}

static PyObject *trap(PyObject *module, PyObject *message) {
    PyObject *encoded = encoded_text(message);
    if (encoded == NULL) return NULL;
    trap_with_text(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
}

PyMethodDef canister_methods[] = {
    {"canister_self", canister_self, METH_NOARGS, NULL},
    {"canister_version", canister_version, METH_NOARGS, NULL},
    {"canister_status", canister_status, METH_NOARGS, NULL},
    {"is_controller", is_controller, METH_O, NULL},
    {"in_replicated_execution", in_replicated_execution, METH_NOARGS, NULL},
    {"certified_data_set", certified_data_set, METH_O, NULL},
    {"data_certificate_present", data_certificate_present, METH_NOARGS, NULL},
    {"data_certificate", data_certificate, METH_NOARGS, NULL},
    {"time", now, METH_NOARGS, NULL},
    {"global_timer_set", global_timer_set, METH_O, NULL},
    {"performance_counter", performance_counter, METH_O, NULL},
    {"debug_print", debug_print, METH_O, NULL},
    {"trap", trap, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
