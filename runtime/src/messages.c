/* The message being processed: argument, caller, method, reply and reject. */
#include "runtime.h"

BYTES_GETTER(msg_arg_data, msg_arg_data)
BYTES_GETTER(msg_caller, msg_caller)
BYTES_GETTER(reject_bytes, msg_reject_msg)
BYTES_GETTER(method_bytes, msg_method_name)

static PyObject *text_of(PyObject *bytes) {
    if (bytes == NULL) return NULL;
    PyObject *text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), "replace");
    Py_DECREF(bytes);
    return text;
}

static PyObject *msg_reject_msg(PyObject *module, PyObject *unused) {
    return text_of(reject_bytes(module, unused));
}

static PyObject *msg_method_name(PyObject *module, PyObject *unused) {
    return text_of(method_bytes(module, unused));
}

static PyObject *msg_reject_code(PyObject *module, PyObject *unused) {
    return PyLong_FromLong(ic0_msg_reject_code());
}

static PyObject *msg_deadline(PyObject *module, PyObject *unused) {
    return PyLong_FromUnsignedLongLong(ic0_msg_deadline());
}

static PyObject *accept_message(PyObject *module, PyObject *unused) {
    ic0_accept_message();
    Py_RETURN_NONE;
}

static PyObject *msg_reply_data_append(PyObject *module, PyObject *data) {
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return NULL;
    ic0_msg_reply_data_append(view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

static PyObject *msg_reply(PyObject *module, PyObject *unused) {
    ic0_msg_reply();
    Py_RETURN_NONE;
}

static PyObject *msg_reject(PyObject *module, PyObject *message) {
    PyObject *encoded = encoded_text(message);
    if (encoded == NULL) return NULL;
    ic0_msg_reject(PyBytes_AS_STRING(encoded), (size_t)PyBytes_GET_SIZE(encoded));
    Py_DECREF(encoded);
    Py_RETURN_NONE;
}

PyMethodDef message_methods[] = {
    {"msg_arg_data", msg_arg_data, METH_NOARGS, NULL},
    {"msg_caller", msg_caller, METH_NOARGS, NULL},
    {"msg_reject_code", msg_reject_code, METH_NOARGS, NULL},
    {"msg_reject_msg", msg_reject_msg, METH_NOARGS, NULL},
    {"msg_deadline", msg_deadline, METH_NOARGS, NULL},
    {"msg_method_name", msg_method_name, METH_NOARGS, NULL},
    {"accept_message", accept_message, METH_NOARGS, NULL},
    {"msg_reply_data_append", msg_reply_data_append, METH_O, NULL},
    {"msg_reply", msg_reply, METH_NOARGS, NULL},
    {"msg_reject", msg_reject, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
