/* `_stable_map`: Manager(source) and Map(manager, memory_id, max_key, max_value, order, plan), as MemoryManager and
 * BTreeMap of canister_runtime.stable, and Front (front.c). On chain the source is the replica, whatever object stands for it. */
#include "fastcall.h"
#include "stable_map/map.h"
#include "candid/alone.h"

enum { VALUE_BUFFER = 2048 };

static PyTypeObject manager_type;

static PyObject *manager_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    PyObject *source;
    if (!PyArg_ParseTuple(arguments, "O:Manager", &source) || load_stable_errors() < 0) return NULL;
    Manager *manager = (Manager *)type->tp_alloc(type, 0);
    if (manager == NULL) return NULL;
    manager->source = Py_NewRef(source);
    if (manager_open(manager) < 0) Py_CLEAR(manager);
    return (PyObject *)manager;
}

static void manager_free(PyObject *self) {
    manager_close((Manager *)self);
    Py_TYPE(self)->tp_free(self);
}

/* `plan` is None or (letter, start): how struct would unpack the number, "s" for bytes with their size, "p" principal. */
static int take_plan(Order *order, PyObject *plan) {
    int letter;
    unsigned int start;
    if (plan == Py_None) return 0;
    if (!PyArg_ParseTuple(plan, "CI", &letter, &start)) return -1;
    const char *found = letter == 0 ? NULL : strchr("BHIQbhiqsp", letter);
    if (found == NULL || start > 1 << 20) {
        PyErr_SetString(PyExc_ValueError, "no such plan of a key's order");
        return -1;
    }
    order->start = start;
    order->kind = letter == 's' ? BY_BYTES : letter == 'p' ? BY_PRINCIPAL : letter < 'a' ? BY_UNSIGNED : BY_SIGNED;
    order->width = letter == 's' ? 0 : letter == 'p' ? 1 : 1u << (found - "BHIQbhiqsp") % 4;
    return 0;
}

static int take_order(Order *order, PyObject *function, PyObject *plan) {
    order->function = Py_NewRef(function);
    order->known = PyDict_New();
    return order->known == NULL ? -1 : take_plan(order, plan);
}

static PyObject *map_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    PyObject *manager, *function, *plan;
    unsigned int id, max_key, max_value;
    if (!PyArg_ParseTuple(arguments, "O!IIIOO:Map", &manager_type, &manager, &id, &max_key, &max_value, &function, &plan)) {
        return NULL;
    }
    if (id >= MEMORIES) return PyErr_Format(PyExc_ValueError, "a memory id is less than %d, not %u", MEMORIES, id);
    Map *map = (Map *)type->tp_alloc(type, 0);
    if (map == NULL) return NULL;
    map->memory = (Memory){(Manager *)Py_NewRef(manager), id};
    map->max_key = max_key;
    map->max_value = max_value;
    if (take_order(&map->order, function, plan) < 0 || map_open(map) < 0) Py_CLEAR(map);
    return (PyObject *)map;
}

static void map_free(PyObject *self) {
    Map *map = (Map *)self;
    entry_free(&map->moved);
    kept_free(map);
    Py_XDECREF(map->order.function);
    Py_XDECREF(map->order.known);
    Py_XDECREF(map->memory.manager);
    Py_TYPE(self)->tp_free(self);
}

static int as_key(PyObject *bytes, Key *key) {
    if (!PyBytes_Check(bytes)) {
        PyErr_Format(PyExc_TypeError, "bytes are wanted, not %.100s", Py_TYPE(bytes)->tp_name);
        return -1;
    }
    *key = (Key){.bytes = (const uint8_t *)PyBytes_AS_STRING(bytes), .size = (uint32_t)PyBytes_GET_SIZE(bytes)};
    return 0;
}

/* The value or None for an operation's outcome. */
static PyObject *outcome(Map *map, int failed, Key *key, PyObject *value) {
    Py_XDECREF(key->value);
    if (failed) {
        kept_forget(map); /* it may have stopped between two steps */
        Py_XDECREF(value);
        return NULL;
    }
    return value != NULL ? value : Py_NewRef(Py_None);
}

/* The value at a place: decoded from a buffer where the decoder takes it there. */
static PyObject *value_at(Map *map, const Node *node, uint32_t index, PyObject *decoder) {
    uint8_t buffer[VALUE_BUFFER];
    uint32_t size;
    PyObject *bytes = NULL, *value = NULL;
    if (node_value_size(map, node, index, &size) < 0) return NULL;
    if (decoder != NULL && size <= sizeof buffer) {
        if (node_value_bytes(map, node, index, buffer, size) < 0) return NULL;
        value = decode_alone(decoder, buffer, size);
        if (value != NULL) return value;
    }
    if (node_read_value(map, node, index, &bytes) < 0 || decoder == NULL) return bytes;
    value = PyObject_CallOneArg(decoder, bytes);
    Py_DECREF(bytes);
    return value;
}

PyObject *stable_get(Map *map, Key *key, PyObject *decoder) {
    PyObject *value = NULL;
    Node node;
    uint32_t index;
    int found, failed = map_find(map, key, &node, &index, &found) < 0;
    if (!failed && found) {
        value = value_at(map, &node, index, decoder);
        failed = value == NULL;
    }
    return outcome(map, failed, key, value);
}

PyObject *stable_contains(Map *map, Key *key) {
    Node node;
    uint32_t index;
    int found, failed = map_find(map, key, &node, &index, &found) < 0;
    return outcome(map, failed, key, failed ? NULL : PyBool_FromLong(found));
}

PyObject *stable_insert(Map *map, Key *key, const Key *value) {
    uint8_t buffer[VALUE_BUFFER];
    Entry entry = {.bytes = buffer, .capacity = sizeof buffer, .borrowed = 1};
    PyObject *former = NULL;
    int failed = entry_set(map, &entry, key->bytes, key->size, value->bytes, value->size) < 0 ||
                 map_insert(map, key, &entry, &former) < 0;
    entry_free(&entry);
    return outcome(map, failed, key, former);
}

PyObject *stable_remove(Map *map, Key *key) {
    PyObject *former = NULL;
    int failed = map_remove(map, key, &former) < 0;
    return outcome(map, failed, key, former);
}

static PyObject *get(PyObject *self, PyObject *bytes) {
    Key key;
    return as_key(bytes, &key) < 0 ? NULL : stable_get((Map *)self, &key, NULL);
}

static PyObject *contains(PyObject *self, PyObject *bytes) {
    Key key;
    return as_key(bytes, &key) < 0 ? NULL : stable_contains((Map *)self, &key);
}

static PyObject *remove_key(PyObject *self, PyObject *bytes) {
    Key key;
    return as_key(bytes, &key) < 0 ? NULL : stable_remove((Map *)self, &key);
}

static PyObject *insert(PyObject *self, PyObject *const *arguments, Py_ssize_t given) {
    Key key, value;
    if (given != 2) return PyErr_Format(PyExc_TypeError, "insert() takes 2 arguments (%zd given)", given);
    if (as_key(arguments[0], &key) < 0 || as_key(arguments[1], &value) < 0) return NULL;
    return stable_insert((Map *)self, &key, &value);
}

static PyObject *listed(PyObject *self, int keys, int values) {
    PyObject *list = PyList_New(0);
    if (list != NULL && map_walk((Map *)self, list, keys, values) < 0) Py_CLEAR(list);
    return list;
}

static PyObject *keys(PyObject *self, PyObject *unused) { return listed(self, 1, 0); }
static PyObject *values(PyObject *self, PyObject *unused) { return listed(self, 0, 1); }
static PyObject *items(PyObject *self, PyObject *unused) { return listed(self, 1, 1); }
static Py_ssize_t length(PyObject *self) { return (Py_ssize_t)((Map *)self)->length; }

static PyObject *forget(PyObject *self, PyObject *unused) {
    if (map_load((Map *)self) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *kept(PyObject *self, PyObject *unused) { return PyLong_FromSize_t(kept_bytes((Map *)self)); }

static PyMethodDef map_methods[] = {
    {"get", get, METH_O, "The value at a key, or None."},
    {"contains", contains, METH_O, "Whether a key has a value."},
    {"insert", FASTCALL(insert), "Set the value at a key; returns the one before."},
    {"remove", remove_key, METH_O, "Remove a key; returns its value."},
    {"keys", keys, METH_NOARGS, "All keys in order."},
    {"values", values, METH_NOARGS, "All values in the order of their keys."},
    {"items", items, METH_NOARGS, "All keys and values in order."},
    {"forget", forget, METH_NOARGS, "Read the counters again, after memory went back to what it was."},
    {"kept", kept, METH_NOARGS, "Bytes of the heap in which parts of nodes are kept."},
    {NULL, NULL, 0, NULL},
};
static PySequenceMethods map_sequence = {.sq_length = length};
static PyTypeObject manager_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_stable_map.Manager",
    .tp_basicsize = sizeof(Manager),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = manager_new,
    .tp_dealloc = manager_free,
};
PyTypeObject map_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_stable_map.Map",
    .tp_basicsize = sizeof(Map),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = map_new,
    .tp_dealloc = map_free,
    .tp_methods = map_methods,
    .tp_as_sequence = &map_sequence,
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_stable_map", .m_size = -1};

PyMODINIT_FUNC PyInit__stable_map(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) return NULL;
    if (PyModule_AddType(module, &manager_type) < 0 || PyModule_AddType(module, &map_type) < 0 ||
        PyModule_AddType(module, &front_type) < 0) {
        Py_CLEAR(module);
    }
    return module;
}
