/* `_stable_map.Front(maps)`: the functions of canister_runtime.host.maps.Maps that run most, for maps that are open.
 *
 * It encodes, asks the map and decodes. A map that is not open yet, or arguments that are not as expected, go to the
 * function of the same name of `maps`; what an operation or a decoder raises goes to its `failed`. */
#include "fastcall.h"
#include "stable_map/map.h"

typedef enum { GET, CONTAINS_KEY, INSERT, REMOVE, FAILED, FUNCTIONS } Function;
static const char *const names[FUNCTIONS] = {"get", "contains_key", "insert", "remove", "failed"};

typedef struct {
    Map *map;
    PyObject *encode_key, *encode_value, *decode_value;
} Opened;
typedef struct {
    PyObject_HEAD
    PyObject *functions[FUNCTIONS];
    Opened opened[MEMORIES];
} Front;

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

/* The map that these arguments are for; NULL where Python has to look at them. */
static Opened *opened_for(PyObject *self, PyObject *const *arguments, Py_ssize_t given, Py_ssize_t expected) {
    if (given != expected || !PyLong_CheckExact(arguments[0])) return NULL;
    int overflow;
    long id = PyLong_AsLongAndOverflow(arguments[0], &overflow);
    Opened *opened = &((Front *)self)->opened[overflow == 0 && id >= 0 && id < MEMORIES ? id : 0];
    return overflow == 0 && id >= 0 && id < MEMORIES && opened->map != NULL ? opened : NULL;
}

static PyObject *leave(PyObject *self, Function function, PyObject *const *arguments, Py_ssize_t given) {
    return PyObject_Vectorcall(((Front *)self)->functions[function], arguments, (size_t)given, NULL);
}

/* Hands the exception that is set to `failed`, which traps, or raises it again. */
static PyObject *failed(PyObject *self) {
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    PyObject *result = PyObject_CallOneArg(((Front *)self)->functions[FAILED], error);
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    return result;
}

static PyObject *decoded(PyObject *self, const Opened *opened, PyObject *bytes) {
    if (bytes == NULL) return failed(self);
    if (bytes == Py_None) return bytes;
    PyObject *value = PyObject_CallOneArg(opened->decode_value, bytes);
    Py_DECREF(bytes);
    return value != NULL ? value : failed(self);
}

static PyObject *get(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {
    const Opened *opened = opened_for(self, arguments, given, 2);
    if (opened == NULL) return leave(self, GET, arguments, given);
    PyObject *key = PyObject_CallOneArg(opened->encode_key, arguments[1]);
    if (key == NULL) return NULL;
    PyObject *value = stable_get(opened->map, key);
    Py_DECREF(key);
    return decoded(self, opened, value);
}

static PyObject *contains_key(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {
    const Opened *opened = opened_for(self, arguments, given, 2);
    if (opened == NULL) return leave(self, CONTAINS_KEY, arguments, given);
    PyObject *key = PyObject_CallOneArg(opened->encode_key, arguments[1]);
    if (key == NULL) return NULL;
    PyObject *found = stable_contains(opened->map, key);
    Py_DECREF(key);
    return found != NULL ? found : failed(self);
}

static PyObject *insert(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {
    const Opened *opened = opened_for(self, arguments, given, 3);
    if (opened == NULL) return leave(self, INSERT, arguments, given);
    PyObject *key = PyObject_CallOneArg(opened->encode_key, arguments[1]);
    PyObject *value = key == NULL ? NULL : PyObject_CallOneArg(opened->encode_value, arguments[2]);
    PyObject *former = NULL;
    if (value != NULL) former = decoded(self, opened, stable_insert(opened->map, key, value));
    Py_XDECREF(key);
    Py_XDECREF(value);
    return former;
}

static PyObject *remove_key(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {
    const Opened *opened = opened_for(self, arguments, given, 2);
    if (opened == NULL) return leave(self, REMOVE, arguments, given);
    PyObject *key = PyObject_CallOneArg(opened->encode_key, arguments[1]);
    if (key == NULL) return NULL;
    PyObject *former = stable_remove(opened->map, key);
    Py_DECREF(key);
    return decoded(self, opened, former);
}

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, "Serve a map under its memory's id: id, map, encode_key, encode_value, decode_value."},
    {"get", FASTCALL(get), "The value at a key, or None."},
    {"contains_key", FASTCALL(contains_key), "Whether a key has a value."},
    {"insert", FASTCALL(insert), "Set the value at a key; returns the one before."},
    {"remove", FASTCALL(remove_key), "Remove a key; returns its value."},
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
