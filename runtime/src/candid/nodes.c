/* The canister's own types, from the description that host/plans.py gives. */
#include "candid/candid.h"
#include <internal/pycore_dict.h>

static void *zeroed(size_t count, size_t size) {
    void *memory = PyMem_Calloc(count + 1, size);
    if (memory == NULL) PyErr_NoMemory();
    return memory;
}

void free_nodes(Plan *plan) {
    for (uint32_t i = 0; plan->nodes != NULL && i < plan->node_count; i++) {
        Node *node = &plan->nodes[i];
        for (uint32_t field = 0; field < node->count; field++) {
            if (node->keys != NULL) Py_XDECREF(node->keys[field]);
            if (node->cases != NULL) Py_XDECREF(node->cases[field]);
        }
        Py_XDECREF(node->names);
        Py_XDECREF(node->template);
        Py_XDECREF(node->service);
        PyMem_Free(node->ids);
        PyMem_Free(node->refs);
        PyMem_Free(node->places);
        PyMem_Free(node->keys);
        PyMem_Free(node->cases);
    }
    PyMem_Free(plan->nodes);
    PyMem_Free(plan->roots);
}

/* Whether a dict's values can be put in place: a table of its own, with nothing but texts as keys, none deleted. */
static int has_plain_table(PyObject *dict) {
    PyDictObject *table = (PyDictObject *)dict;
    if (table->ma_used == 0) return 1;
    return table->ma_values == NULL && DK_IS_UNICODE(table->ma_keys) && table->ma_keys->dk_nentries == table->ma_used;
}

static PyObject *dict_of_none(PyObject *const *keys, const uint32_t *places, uint32_t count) {
    PyObject *dict = PyDict_New();
    for (uint32_t place = 0; dict != NULL && place < count; place++) {
        for (uint32_t i = 0; i < count; i++) {
            if ((places == NULL ? i : places[i]) == place && PyDict_SetItem(dict, keys[i], Py_None) < 0) Py_CLEAR(dict);
            if (dict == NULL) return NULL;
        }
    }
    if (dict != NULL && !has_plain_table(dict)) {
        PyErr_SetString(PyExc_SystemError, "dicts are laid out otherwise than plans take for granted");
        Py_CLEAR(dict);
    }
    return dict;
}

static int set_field(Node *node, uint32_t i, PyObject *ids, PyObject *refs, PyObject *keys, PyObject *places) {
    node->ids[i] = (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(ids, i));
    node->refs[i] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(refs, i));
    node->places[i] = (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(places, i));
    if (PyErr_Occurred()) return -1;
    PyObject *key = Py_NewRef(PyTuple_GET_ITEM(keys, i));
    if (PyUnicode_CheckExact(key)) {
        PyUnicode_InternInPlace(&key);
        if (PyObject_Hash(key) == -1) return -1;
    }
    node->keys[i] = key;
    return 0;
}

static int set_cases(Node *node) {
    node->names = PyDict_New();
    node->cases = zeroed(node->count, sizeof(PyObject *));
    if (node->names == NULL || node->cases == NULL) return -1;
    for (uint32_t i = 0; i < node->count; i++) {
        PyObject *index = PyLong_FromUnsignedLong(i);
        if (index == NULL || PyDict_SetItem(node->names, node->keys[i], index) < 0) return -1;
        Py_DECREF(index);
        node->cases[i] = dict_of_none(&node->keys[i], NULL, 1);
        if (node->cases[i] == NULL) return -1;
    }
    return 0;
}

static int set_fields(Node *node, PyObject *ids, PyObject *refs, PyObject *keys, PyObject *places) {
    uint32_t count = (uint32_t)PyTuple_GET_SIZE(ids);
    node->ids = zeroed(count, sizeof(uint32_t));
    node->refs = zeroed(count, sizeof(int32_t));
    node->places = zeroed(count, sizeof(uint32_t));
    node->keys = zeroed(count, sizeof(PyObject *));
    if (node->ids == NULL || node->refs == NULL || node->places == NULL || node->keys == NULL) return -1;
    node->count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (set_field(node, i, ids, refs, keys, places) < 0) return -1;
    }
    if (node->kind == T_VARIANT) return set_cases(node);
    if (node->is_tuple) return 0;
    node->template = dict_of_none(node->keys, node->places, count);
    return node->template == NULL ? -1 : 0;
}

/* (kind, inner, ids, refs, keys, places, is_tuple, service); what a kind does not have is 0, () or None. */
static int set_node(Node *node, PyObject *described) {
    PyObject *ids, *refs, *keys, *places, *service;
    int kind, inner, is_tuple;
    if (!PyArg_ParseTuple(described, "iiO!O!O!O!pO", &kind, &inner, &PyTuple_Type, &ids, &PyTuple_Type, &refs,
                          &PyTuple_Type, &keys, &PyTuple_Type, &places, &is_tuple, &service)) {
        return -1;
    }
    node->kind = kind;
    node->inner = inner;
    node->is_tuple = is_tuple;
    node->service = Py_NewRef(service);
    return set_fields(node, ids, refs, keys, places);
}

int set_nodes(Plan *plan, PyObject *described) {
    plan->node_count = (uint32_t)PyTuple_GET_SIZE(described);
    plan->nodes = zeroed(plan->node_count, sizeof(Node));
    if (plan->nodes == NULL) return -1;
    for (uint32_t i = 0; i < plan->node_count; i++) {
        if (set_node(&plan->nodes[i], PyTuple_GET_ITEM(described, i)) < 0) return -1;
    }
    return 0;
}
