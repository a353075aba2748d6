/* Awaits: generators that yield calls of a `Service`, driven from the message that starts them to the one that ends them.
 *
 * This is canister_runtime/host/calls.py for what is usual: a plain call, whose arguments and result have plans. Whatever
 * else is yielded, that module's `Calls` takes over, for good; its environments have the highest bit clear, ours set. */
#include "runtime.h"
#include "candid/candid.h"
#include "method.h"

enum { SEQUENCE_BITS = 20, MOST_WAITING = 1 << SEQUENCE_BITS, FIRST_SLOTS = 16, SMALL_REPLY = 1024 };

static const uint32_t OURS = 1u << 31;

/* What a call's environment stands for. Free slots have no generators. */
typedef struct {
    PyObject *generators; /* list, the innermost last */
    PyObject *finish;     /* a Method, or a function of the value */
    PyObject *service;
    uint32_t next_free;
} Waiting;

/* Of a service's tuple: (method, argument plan, result plan or None for void, ServiceCall). */
enum { METHOD_NAME, ARGUMENT_PLAN, RESULT_PLAN, SERVICE_CALL };

static PyObject *calls; /* Calls of calls.py */
static PyObject *principal_class, *async_info_class, *call_result_class, *services;
static PyObject *name_name, *args_name, *bytes_name, *ok_name, *err_name;
static uint32_t incarnation;
static Waiting *slots;
static uint32_t slot_count, first_free;

static int grow_slots(void) {
    uint32_t wanted = slot_count ? 2 * slot_count : FIRST_SLOTS;
    if (wanted > MOST_WAITING) return -1;
    Waiting *grown = PyMem_Realloc(slots, wanted * sizeof *grown);
    if (grown == NULL) return -1;
    slots = grown;
    memset(slots + slot_count, 0, (wanted - slot_count) * sizeof *slots);
    for (uint32_t slot = slot_count; slot < wanted; slot++) slots[slot].next_free = slot + 1;
    slot_count = wanted; /* first_free was the old count: the list goes on there */
    return 0;
}

static PyObject *call_result(PyObject *ok, PyObject *err) {
    PyObject *nothing = PyTuple_New(0);
    if (nothing == NULL) return NULL;
    PyObject *result = PyBaseObject_Type.tp_new((PyTypeObject *)call_result_class, nothing, NULL);
    Py_DECREF(nothing);
    if (result == NULL || (PyObject_GenericSetAttr(result, ok_name, ok) == 0 &&
                           PyObject_GenericSetAttr(result, err_name, err) == 0)) {
        return result;
    }
    Py_DECREF(result);
    return NULL;
}

static PyObject *unsent(void) {
    PyObject *text = PyUnicode_FromString("Rejection code 2, Couldn't send message");
    PyObject *result = text == NULL ? NULL : call_result(Py_None, text);
    Py_XDECREF(text);
    return result;
}

/* 1: sent, 0: the replica did not take it, -1: not of the usual kind. Exceptions are cleared. */
static int send_to(PyObject *principal, PyObject *service, PyObject *const *values, Py_ssize_t given,
                   PyObject *generators, PyObject *finish) {
    PyObject *raw = PyObject_GetAttr(principal, bytes_name);
    unsigned char room[WRITING_ROOM];
    Writer writer;
    begin_writing(&writer, room, sizeof room);
    int sent = -1;
    if (raw != NULL && PyBytes_CheckExact(raw) && PyBytes_GET_SIZE(raw) <= LONGEST_PRINCIPAL &&
        plan_encode((Plan *)PyTuple_GET_ITEM(service, ARGUMENT_PLAN), values, given, &writer) == 0 &&
        (first_free < slot_count || grow_slots() == 0)) {
        uint32_t slot = first_free;
        Py_ssize_t size;
        const char *method = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(service, METHOD_NAME), &size);
        OutgoingCall call = {PyBytes_AS_STRING(raw), (size_t)PyBytes_GET_SIZE(raw), method, (size_t)size,
                             writer.start, (size_t)(writer.pos - writer.start)};
        sent = perform_call(&call, OURS | incarnation << SEQUENCE_BITS | slot) == 0;
        if (sent) {
            first_free = slots[slot].next_free;
            slots[slot] = (Waiting){Py_NewRef(generators), Py_NewRef(finish), Py_NewRef(service), 0};
        }
    }
    end_writing(&writer);
    Py_XDECREF(raw);
    if (sent < 0) PyErr_Clear();
    return sent;
}

static int is_plain_call(PyObject *name) {
    return PyUnicode_CheckExact(name) && PyUnicode_CompareWithASCIIString(name, "call") == 0;
}

static int send_arguments(PyObject *args, PyObject *generators, PyObject *finish) {
    if (!PyList_CheckExact(args) || PyList_GET_SIZE(args) < 2) return -1;
    PyObject *principal = PyList_GET_ITEM(args, 0), *qualified = PyList_GET_ITEM(args, 1);
    if ((PyObject *)Py_TYPE(principal) != principal_class || !PyUnicode_CheckExact(qualified)) return -1;
    PyObject *service = PyDict_GetItemWithError(services, qualified);
    if (service == NULL) {
        PyErr_Clear();
        return -1;
    }
    PyObject *values = PyList_GetSlice(args, 2, PyList_GET_SIZE(args)); /* what encodes them may change the list */
    if (values == NULL) return -1;
    int sent = send_to(principal, service, ((PyListObject *)values)->ob_item, PyList_GET_SIZE(values), generators, finish);
    Py_DECREF(values);
    return sent;
}

/* As send_to, for what a generator yielded. */
static int send_yielded(PyObject *yielded, PyObject *generators, PyObject *finish) {
    if ((PyObject *)Py_TYPE(yielded) != async_info_class) return -1;
    PyObject *name = PyObject_GetAttr(yielded, name_name), *args = PyObject_GetAttr(yielded, args_name);
    int sent = -1;
    if (name == NULL || args == NULL) PyErr_Clear();
    else if (is_plain_call(name)) sent = send_arguments(args, generators, finish);
    Py_XDECREF(name);
    Py_XDECREF(args);
    return sent;
}

static PyObject *python_finish(PyObject *finish) {
    return Py_IS_TYPE(finish, &MethodType) ? ((Method *)finish)->finish : finish;
}

static int done(PyObject *result) {
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static int take_over(PyObject *generators, PyObject *finish, PyObject *yielded) {
    return done(PyObject_CallMethod(calls, "take_over", "OOO", generators, python_finish(finish), yielded));
}

static int finish_with(PyObject *finish, PyObject *value) {
    if (Py_IS_TYPE(finish, &MethodType)) return done(method_finish((Method *)finish, value));
    return done(PyObject_CallOneArg(finish, value));
}

static int drop_last(PyObject *generators) {
    Py_ssize_t size = PyList_GET_SIZE(generators);
    return PyList_SetSlice(generators, size - 1, size, NULL);
}

/* Go on with a value for the innermost generator, until one waits or the outermost ends. Takes the value. */
static int go_on(PyObject *generators, PyObject *finish, PyObject *value) {
    while (value != NULL) {
        PyObject *innermost = PyList_GET_ITEM(generators, PyList_GET_SIZE(generators) - 1), *yielded;
        PySendResult outcome = PyIter_Send(innermost, value, &yielded);
        Py_DECREF(value);
        if (outcome == PYGEN_ERROR) return -1;
        value = yielded;
        if (outcome == PYGEN_RETURN) {
            int failed = drop_last(generators);
            if (!failed && PyList_GET_SIZE(generators) > 0) continue;
            if (!failed) failed = finish_with(finish, value);
            Py_DECREF(value);
            return failed;
        }
        if (PyGen_CheckExact(yielded)) {
            int failed = PyList_Append(generators, yielded);
            Py_DECREF(yielded);
            if (failed) return -1;
            value = Py_NewRef(Py_None);
            continue;
        }
        int sent = send_yielded(yielded, generators, finish);
        int failed = sent < 0 ? take_over(generators, finish, yielded) : 0;
        Py_DECREF(yielded);
        if (sent != 0) return failed;
        value = unsent();
    }
    return -1;
}

int awaits_ready(void) { return calls != NULL; }

/* Drives a generator; `finish` gets its final value, now or in a later message. */
int await_generator(PyObject *generator, PyObject *finish) {
    PyObject *generators = PyList_New(1);
    if (generators == NULL) return -1;
    PyList_SET_ITEM(generators, 0, Py_NewRef(generator));
    int failed = go_on(generators, finish, Py_NewRef(Py_None));
    Py_DECREF(generators);
    return failed;
}

/* The value of CallResult.Ok: 0, or -1 for a reply that the Python codec has to see. */
static int decode_reply(PyObject *service, PyObject **ok) {
    unsigned char small[SMALL_REPLY];
    PyObject *plan = PyTuple_GET_ITEM(service, RESULT_PLAN);
    if (plan == Py_None) return -1;
    size_t size = ic0_msg_arg_data_size();
    unsigned char *message = size <= sizeof small ? small : PyMem_Malloc(size);
    if (message == NULL) return -1;
    ic0_msg_arg_data_copy(message, 0, size);
    int failed = plan_decode((Plan *)plan, message, size, ok);
    if (message != small) PyMem_Free(message);
    if (!failed && ((Plan *)plan)->root_count == 0) *ok = Py_NewRef(Py_None);
    return failed;
}

static PyObject *outcome_of(PyObject *service, int outcome) {
    PyObject *ok;
    if (outcome != REPLY) return PyObject_CallMethod(calls, "rejection", NULL);
    if (decode_reply(service, &ok) < 0) {
        return PyObject_CallMethod(calls, "reply_of", "(O)", PyTuple_GET_ITEM(service, SERVICE_CALL));
    }
    PyObject *result = call_result(ok, Py_None);
    Py_DECREF(ok);
    return result;
}

/* Whether this environment is one of ours that still waits. */
int is_awaited(uint32_t environment) {
    uint32_t slot = environment & (MOST_WAITING - 1);
    return environment >> SEQUENCE_BITS == (OURS >> SEQUENCE_BITS | incarnation) && slot < slot_count &&
           slots[slot].generators != NULL;
}

int await_outcome(uint32_t environment, int outcome) {
    uint32_t slot = environment & (MOST_WAITING - 1);
    Waiting waiting = slots[slot];
    slots[slot] = (Waiting){.next_free = first_free};
    first_free = slot;
    int failed;
    if (outcome == CLEANUP) failed = done(PyObject_CallMethod(calls, "abandon", "(O)", waiting.generators));
    else failed = go_on(waiting.generators, waiting.finish, outcome_of(waiting.service, outcome));
    Py_DECREF(waiting.generators);
    Py_DECREF(waiting.finish);
    Py_DECREF(waiting.service);
    return failed;
}

/* set_awaits(calls, Principal, AsyncInfo, CallResult, {qualified name: service}) */
static PyObject *set_awaits(PyObject *module, PyObject *arguments) {
    if (!PyArg_ParseTuple(arguments, "OOOOO!", &calls, &principal_class, &async_info_class, &call_result_class,
                          &PyDict_Type, &services)) {
        return NULL;
    }
    Py_INCREF(arguments); /* what it holds lives as long as the canister */
    name_name = PyUnicode_InternFromString("name");
    args_name = PyUnicode_InternFromString("args");
    bytes_name = PyUnicode_InternFromString("_bytes");
    ok_name = PyUnicode_InternFromString("Ok");
    err_name = PyUnicode_InternFromString("Err");
    Py_RETURN_NONE;
}

static PyObject *begin_incarnation(PyObject *module, PyObject *number) {
    incarnation = (uint32_t)PyLong_AsUnsignedLong(number);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

PyMethodDef await_methods[] = {
    {"set_awaits", set_awaits, METH_VARARGS, NULL},
    {"begin_incarnation", begin_incarnation, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
