/* `_runtime.Method`: an exported function between its message and its reply, without Python in between.
 *
 * What is not usual goes to Python functions that do the whole of it: arguments that the plan leaves alone, results that
 * are generators, results that the plan does not encode. */
#include "method.h"

enum { SMALL_ARGUMENT = 2048, MOST_ARGUMENTS = 16 };

/* Types whose values are certainly no generators. */
static int is_plain(PyObject *value) {
    return value == Py_None || PyDict_CheckExact(value) || PyUnicode_CheckExact(value) || PyLong_CheckExact(value) ||
           PyList_CheckExact(value) || PyBytes_CheckExact(value) || PyTuple_CheckExact(value) || PyBool_Check(value) ||
           PyFloat_CheckExact(value);
}

static int decode_arguments(const Method *method, PyObject **values) {
    unsigned char small[SMALL_ARGUMENT];
    size_t size = ic0_msg_arg_data_size();
    unsigned char *message = size <= sizeof small ? small : PyMem_Malloc(size);
    if (message == NULL) return -1;
    ic0_msg_arg_data_copy(message, 0, size);
    int failed = plan_decode(method->arguments, message, size, values);
    if (message != small) PyMem_Free(message);
    return failed;
}

static int reply_with(const Method *method, PyObject *value) {
    static const char nothing[] = {'D', 'I', 'D', 'L', 0, 0};
    if (method->result == NULL) {
        if (value != Py_None) return -1;
        ic0_msg_reply_data_append(nothing, sizeof nothing);
        ic0_msg_reply();
        return 0;
    }
    unsigned char room[WRITING_ROOM];
    Writer writer;
    begin_writing(&writer, room, sizeof room);
    int failed = plan_encode(method->result, &value, 1, &writer);
    if (!failed) {
        ic0_msg_reply_data_append(writer.start, (size_t)(writer.pos - writer.start));
        ic0_msg_reply();
    }
    end_writing(&writer);
    return failed;
}

PyObject *method_finish(const Method *method, PyObject *value) {
    if (!method->replies || reply_with(method, value) == 0) Py_RETURN_NONE;
    return PyObject_CallOneArg(method->finish, value);
}

static PyObject *finish_value(const Method *method, PyObject *value) {
    if (is_plain(value)) return method_finish(method, value);
    if (!PyGen_CheckExact(value) || !awaits_ready()) {
        return PyObject_CallFunctionObjArgs(method->drive, value, method->finish, NULL);
    }
    return await_generator(value, (PyObject *)method) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *run(PyObject *self, PyObject *unused) {
    const Method *method = (const Method *)self;
    PyObject *values[MOST_ARGUMENTS];
    if (decode_arguments(method, values) < 0) return PyObject_CallNoArgs(method->otherwise);
    uint32_t count = method->arguments->root_count;
    PyObject *value = PyObject_Vectorcall(method->function, values, count, NULL);
    for (uint32_t i = 0; i < count; i++) Py_DECREF(values[i]);
    if (value == NULL) return NULL;
    PyObject *finished = finish_value(method, value);
    Py_DECREF(value);
    return finished;
}

/* Method(function, argument plan, result plan or None, replies?, otherwise, finish, drive) */
static PyObject *make_method(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    PyObject *function, *plan, *result, *otherwise, *finish, *drive;
    int replies;
    if (!PyArg_ParseTuple(arguments, "OO!OpOOO", &function, &PlanType, &plan, &result, &replies, &otherwise, &finish,
                          &drive)) {
        return NULL;
    }
    if (result != Py_None && !Py_IS_TYPE(result, &PlanType)) {
        PyErr_SetString(PyExc_TypeError, "a method's result has a plan or none");
        return NULL;
    }
    Method *method = (Method *)type->tp_alloc(type, 0);
    if (method == NULL) return NULL;
    method->function = Py_NewRef(function);
    method->arguments = (Plan *)Py_NewRef(plan);
    method->result = result == Py_None ? NULL : (Plan *)Py_NewRef(result);
    method->replies = replies;
    method->otherwise = Py_NewRef(otherwise);
    method->finish = Py_NewRef(finish);
    method->drive = Py_NewRef(drive);
    return (PyObject *)method;
}

static PyMethodDef run_method[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

/* Methods live as long as their canister, so nothing frees them. */
PyTypeObject MethodType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_runtime.Method",
    .tp_basicsize = sizeof(Method),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = make_method,
    .tp_methods = run_method,
};
