/* `_stable_map.Front(maps)`: the functions of canister_runtime.host.maps.Maps that run most, for maps that are open, and
 * the methods of a class that call them with `self.memory_id`.
 *
 * It encodes, asks the map and decodes. A map that is not open yet, or arguments that are not as expected, go to the
 * function of the same name of `maps`, or of the class; what an operation or a decoder raises goes to `maps.failed`. */
#include "fastcall.h"
#include "stable_map/map.h"
#include "candid/alone.h"

typedef enum { GET, CONTAINS_KEY, INSERT, REMOVE, FAILED, FUNCTIONS } Function;
static const char *const names[FUNCTIONS] = {"get", "contains_key", "insert", "remove", "failed"};
enum { KEY_BUFFER = 256, VALUE_BUFFER = 2048 };

typedef struct {
    Map *map;
    PyObject *encode_key, *encode_value, *decode_value;
} Opened;
typedef struct {
    PyObject_HEAD
    PyObject *functions[FUNCTIONS];
    Opened opened[MEMORIES];
} Front;

static Front *serving; /* whose maps the methods of a class are for */
static PyObject *replaced[FAILED], *memory_id_name;

static PyObject *front_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    PyObject *maps;
    if (!PyArg_ParseTuple(arguments, "O:Front", &maps)) return NULL;
    Front *front = (Front *)type->tp_alloc(type, 0);
    for (int function = 0; front != NULL && function < FUNCTIONS; function++) {
        front->functions[function] = PyObject_GetAttrString(maps, names[function]);
        if (front->functions[function] == NULL) Py_CLEAR(front);
    }
    return (PyObject *)front;
}

static void close_map(Opened *opened) {
    Py_CLEAR(opened->map);
    Py_CLEAR(opened->encode_key);
    Py_CLEAR(opened->encode_value);
    Py_CLEAR(opened->decode_value);
}

static void front_free(PyObject *self) {
    Front *front = (Front *)self;
    for (int function = 0; function < FUNCTIONS; function++) Py_CLEAR(front->functions[function]);
    for (int id = 0; id < MEMORIES; id++) close_map(&front->opened[id]);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *add(PyObject *self, PyObject *arguments) {
    unsigned int id;
    PyObject *map, *encode_key, *encode_value, *decode_value;
    if (!PyArg_ParseTuple(arguments, "IO!OOO:add", &id, &map_type, &map, &encode_key, &encode_value, &decode_value)) {
        return NULL;
    }
    if (id >= MEMORIES) return PyErr_Format(PyExc_ValueError, "a memory id is less than %d, not %u", MEMORIES, id);
    Opened *opened = &((Front *)self)->opened[id];
    close_map(opened);
    *opened = (Opened){(Map *)Py_NewRef(map), Py_NewRef(encode_key), Py_NewRef(encode_value), Py_NewRef(decode_value)};
    Py_RETURN_NONE;
}

/* The open map of this number; NULL where Python has to look at it. */
static Opened *opened_by(Front *front, PyObject *number) {
    int overflow;
    if (!PyLong_CheckExact(number)) return NULL;
    long id = PyLong_AsLongAndOverflow(number, &overflow);
    if (overflow != 0 || id < 0 || id >= MEMORIES) return NULL;
    return front->opened[id].map != NULL ? &front->opened[id] : NULL;
}

static PyObject *leave(PyObject *self, Function function, PyObject *const *arguments, Py_ssize_t given) {
    return PyObject_Vectorcall(((Front *)self)->functions[function], arguments, (size_t)given, NULL);
}

/* As opened_by, for an instance of the class. */
static Opened *opened_of(PyObject *self) {
    PyObject *number = PyObject_GetAttr(self, memory_id_name);
    if (number == NULL) {
        PyErr_Clear();
        return NULL;
    }
    Opened *opened = opened_by(serving, number);
    Py_DECREF(number);
    return opened;
}

static PyObject *leave_to_class(PyObject *self, Function function, PyObject *const *arguments, Py_ssize_t given,
                                PyObject *keywords) {
    PyObject *bound = PyMethod_New(replaced[function], self);
    if (bound == NULL) return NULL;
    PyObject *result = PyObject_Vectorcall(bound, arguments, (size_t)given, keywords);
    Py_DECREF(bound);
    return result;
}

/* Hands the exception that is set to `failed`, which traps, or raises it again. */
static PyObject *failed(Front *front) {
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    PyObject *result = PyObject_CallOneArg(front->functions[FAILED], error);
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    return result;
}

static PyObject *decoded(Front *front, const Opened *opened, PyObject *bytes) {
    if (bytes == NULL) return failed(front);
    if (bytes == Py_None) return bytes;
    PyObject *value = PyObject_CallOneArg(opened->decode_value, bytes);
    Py_DECREF(bytes);
    return value != NULL ? value : failed(front);
}

/* A key or value as bytes: in `buffer`, or in an object that `owner` becomes. */
static int encode(PyObject *encoder, PyObject *value, uint8_t *buffer, size_t room, Key *encoded, PyObject **owner) {
    Py_ssize_t size = encode_alone(encoder, value, buffer, room);
    *owner = NULL;
    *encoded = (Key){.bytes = buffer, .size = (uint32_t)size};
    if (size >= 0) return 0;
    *owner = PyObject_CallOneArg(encoder, value);
    if (*owner == NULL) return -1;
    if (!PyBytes_Check(*owner)) {
        PyErr_Format(PyExc_TypeError, "bytes are wanted, not %.100s", Py_TYPE(*owner)->tp_name);
        Py_CLEAR(*owner);
        return -1;
    }
    encoded->bytes = (const uint8_t *)PyBytes_AS_STRING(*owner);
    encoded->size = (uint32_t)PyBytes_GET_SIZE(*owner);
    return 0;
}

static PyObject *get(Front *front, const Opened *opened, PyObject *const *arguments) {
    uint8_t buffer[KEY_BUFFER];
    Key key;
    PyObject *owner;
    if (encode(opened->encode_key, arguments[0], buffer, sizeof buffer, &key, &owner) < 0) return NULL;
    PyObject *value = stable_get(opened->map, &key, opened->decode_value);
    Py_XDECREF(owner);
    return value != NULL ? value : failed(front);
}

static PyObject *contains_key(Front *front, const Opened *opened, PyObject *const *arguments) {
    uint8_t buffer[KEY_BUFFER];
    Key key;
    PyObject *owner;
    if (encode(opened->encode_key, arguments[0], buffer, sizeof buffer, &key, &owner) < 0) return NULL;
    PyObject *found = stable_contains(opened->map, &key);
    Py_XDECREF(owner);
    return found != NULL ? found : failed(front);
}

static PyObject *insert(Front *front, const Opened *opened, PyObject *const *arguments) {
    uint8_t key_buffer[KEY_BUFFER], value_buffer[VALUE_BUFFER];
    Key key, value;
    PyObject *key_owner, *value_owner, *former = NULL;
    if (encode(opened->encode_key, arguments[0], key_buffer, sizeof key_buffer, &key, &key_owner) < 0) return NULL;
    if (encode(opened->encode_value, arguments[1], value_buffer, sizeof value_buffer, &value, &value_owner) == 0) {
        former = decoded(front, opened, stable_insert(opened->map, &key, &value));
    }
    Py_XDECREF(key_owner);
    Py_XDECREF(value_owner);
    return former;
}

static PyObject *remove_key(Front *front, const Opened *opened, PyObject *const *arguments) {
    uint8_t buffer[KEY_BUFFER];
    Key key;
    PyObject *owner;
    if (encode(opened->encode_key, arguments[0], buffer, sizeof buffer, &key, &owner) < 0) return NULL;
    PyObject *former = stable_remove(opened->map, &key);
    Py_XDECREF(owner);
    return decoded(front, opened, former);
}

/* Each operation as a function of the memory's id, and as a method of the class. */
#define SERVED(operation, FUNCTION, COUNT)                                                                               \
    static PyObject *operation##_by_id(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {                   \
        const Opened *opened = given == COUNT + 1 ? opened_by((Front *)self, arguments[0]) : NULL;                       \
        if (opened == NULL) return leave(self, FUNCTION, arguments, given);                                              \
        return operation((Front *)self, opened, arguments + 1);                                                          \
    }                                                                                                                    \
    static PyObject *operation##_of(PyObject *self, PyObject *const *arguments, Py_ssize_t given, PyObject *keywords) {  \
        const Opened *opened = keywords == NULL && given == COUNT ? opened_of(self) : NULL;                              \
        if (opened == NULL) return leave_to_class(self, FUNCTION, arguments, given, keywords);                           \
        return operation(serving, opened, arguments);                                                                    \
    }
SERVED(get, GET, 1)
SERVED(contains_key, CONTAINS_KEY, 1)
SERVED(insert, INSERT, 2)
SERVED(remove_key, REMOVE, 1)

#define METHOD(function) (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, NULL
static PyMethodDef class_methods[FAILED] = {
    {"get", METHOD(get_of)},
    {"contains_key", METHOD(contains_key_of)},
    {"insert", METHOD(insert_of)},
    {"remove", METHOD(remove_key_of)},
};

static int replace(PyTypeObject *type, Function function) {
    PyObject *former = PyDict_GetItemString(type->tp_dict, names[function]);
    if (former == NULL || !PyFunction_Check(former)) {
        PyErr_Format(PyExc_TypeError, "%s.%s is no function", type->tp_name, names[function]);
        return -1;
    }
    Py_XSETREF(replaced[function], Py_NewRef(former));
    PyObject *method = PyDescr_NewMethod(type, &class_methods[function]);
    int outcome = method == NULL ? -1 : PyObject_SetAttrString((PyObject *)type, names[function], method);
    Py_XDECREF(method);
    return outcome;
}

static PyObject *stand_in(PyObject *self, PyObject *type) {
    if (!PyType_Check(type)) return PyErr_Format(PyExc_TypeError, "a class is wanted");
    if (memory_id_name == NULL) memory_id_name = PyUnicode_InternFromString("memory_id");
    if (memory_id_name == NULL) return NULL;
    for (Function function = 0; function < FAILED; function++) {
        if (replace((PyTypeObject *)type, function) < 0) return NULL;
    }
    Py_XSETREF(serving, (Front *)Py_NewRef(self));
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, "Serve a map under its memory's id: id, map, encode_key, encode_value, decode_value."},
    {"stand_in", stand_in, METH_O, "Replace a class's get, contains_key, insert and remove, which have a memory_id."},
    {"get", FASTCALL(get_by_id), "The value at a key, or None."},
    {"contains_key", FASTCALL(contains_key_by_id), "Whether a key has a value."},
    {"insert", FASTCALL(insert_by_id), "Set the value at a key; returns the one before."},
    {"remove", FASTCALL(remove_key_by_id), "Remove a key; returns its value."},
    {NULL, NULL, 0, NULL},
};
PyTypeObject front_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_stable_map.Front",
    .tp_basicsize = sizeof(Front),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = front_new,
    .tp_dealloc = front_free,
    .tp_methods = methods,
};
