/* `_candid_plan.Plan`: whole messages from and to the values of one list of types. */
#include "candid/candid.h"
#include "candid/alone.h"
#include "fastcall.h"

enum { MOST_VALUES = 16 };

static int read_roots(Reader *reader, PyObject **values) {
    const Plan *plan = reader->plan;
    const WireTable *wire = reader->wire;
    uint32_t filled = 0;
    for (; filled < plan->root_count && filled < wire->root_count; filled++) {
        values[filled] = read_value(reader, wire->roots[filled], plan->roots[filled]);
        if (values[filled] == NULL) goto failed;
    }
    for (uint32_t extra = plan->root_count; extra < wire->root_count; extra++) {
        if (skip_value(reader, wire->roots[extra]) < 0) goto failed;
    }
    for (; filled < plan->root_count; filled++) {
        if (!accepts_absence(plan, plan->roots[filled])) goto failed;
        values[filled] = Py_NewRef(Py_None);
    }
    if (reader->pos == reader->end) return 0;
failed:
    while (filled > 0) Py_DECREF(values[--filled]);
    return -1;
}

int plan_decode(const Plan *plan, const unsigned char *message, size_t size, PyObject **values) {
    size_t header = (size_t)PyBytes_GET_SIZE(plan->header);
    Reader reader = {message, message + size, &plan->own, plan, MAX_WITHOUT_BYTES, 0};
    if (size >= header && memcmp(message, PyBytes_AS_STRING(plan->header), header) == 0) {
        reader.pos += header;
        return read_roots(&reader, values);
    }
    WireTable table;
    if (parse_header(&reader, &table) < 0) return -1;
    reader.wire = &table;
    int result = read_roots(&reader, values);
    free_wire_table(&table);
    return result;
}

int plan_encode(const Plan *plan, PyObject *const *values, Py_ssize_t given, Writer *writer) {
    if (given != (Py_ssize_t)plan->root_count) return -1;
    if (write_bytes(writer, PyBytes_AS_STRING(plan->header), (size_t)PyBytes_GET_SIZE(plan->header)) < 0) return -1;
    for (Py_ssize_t i = 0; i < given; i++) {
        if (write_value(writer, plan, plan->roots[i], values[i], 0) < 0) return -1;
    }
    return 0;
}

static int decoded(const Plan *plan, PyObject *message, PyObject **values) {
    if (!PyBytes_CheckExact(message)) return -1;
    return plan_decode(plan, (const unsigned char *)PyBytes_AS_STRING(message), (size_t)PyBytes_GET_SIZE(message), values);
}

/* decode(message) -> list of values */
static PyObject *decode(PyObject *self, PyObject *message) {
    const Plan *plan = (const Plan *)self;
    PyObject *values[MOST_VALUES];
    if (decoded(plan, message, values) < 0) return PyObject_CallOneArg(plan->decode_otherwise, message);
    PyObject *list = PyList_New(plan->root_count);
    for (uint32_t i = 0; i < plan->root_count; i++) {
        if (list == NULL) Py_DECREF(values[i]);
        else PyList_SET_ITEM(list, i, values[i]);
    }
    return list;
}

/* decode_first(message) -> the value of a message of one */
static PyObject *decode_first(PyObject *self, PyObject *message) {
    const Plan *plan = (const Plan *)self;
    PyObject *values[MOST_VALUES];
    if (plan->root_count == 1 && decoded(plan, message, values) == 0) return values[0];
    PyObject *list = PyObject_CallOneArg(plan->decode_otherwise, message);
    if (list == NULL) return NULL;
    PyObject *first = PySequence_GetItem(list, 0);
    Py_DECREF(list);
    return first;
}

/* encode(*values) -> message */
static PyObject *encode(PyObject *self, PyObject *const *values, Py_ssize_t given) {
    const Plan *plan = (const Plan *)self;
    unsigned char room[WRITING_ROOM];
    Writer writer;
    begin_writing(&writer, room, sizeof room);
    PyObject *message = NULL;
    int failed = plan_encode(plan, values, given, &writer);
    if (!failed) message = PyBytes_FromStringAndSize((const char *)writer.start, writer.pos - writer.start);
    end_writing(&writer);
    return failed ? PyObject_Vectorcall(plan->encode_otherwise, values, (size_t)given, NULL) : message;
}

/* The plan whose own method a function is; NULL for any other function. */
static const Plan *plan_of(PyObject *function, PyCFunction method) {
    if (!PyCFunction_CheckExact(function) || PyCFunction_GET_FUNCTION(function) != method) return NULL;
    const Plan *plan = (const Plan *)PyCFunction_GET_SELF(function);
    return plan->root_count == 1 ? plan : NULL;
}

PyObject *decode_alone(PyObject *decoder, const unsigned char *message, size_t size) {
    const Plan *plan = plan_of(decoder, decode_first);
    PyObject *value;
    return plan != NULL && plan_decode(plan, message, size, &value) == 0 ? value : NULL;
}

Py_ssize_t encode_alone(PyObject *encoder, PyObject *value, unsigned char *room, size_t size) {
    const Plan *plan = plan_of(encoder, (PyCFunction)(void (*)(void))encode);
    Writer writer;
    if (plan == NULL) return -1;
    begin_writing(&writer, room, size);
    int failed = plan_encode(plan, &value, 1, &writer) < 0 || writer.start != room;
    end_writing(&writer);
    return failed ? -1 : writer.pos - room;
}

static void free_plan(PyObject *self) {
    Plan *plan = (Plan *)self;
    free_nodes(plan);
    free_wire_table(&plan->own);
    Py_XDECREF(plan->header);
    Py_XDECREF(plan->principal_class);
    Py_XDECREF(plan->decode_otherwise);
    Py_XDECREF(plan->encode_otherwise);
    Py_TYPE(self)->tp_free(self);
}

static int set_roots(Plan *plan, PyObject *roots) {
    plan->root_count = (uint32_t)PyTuple_GET_SIZE(roots);
    if (plan->root_count > MOST_VALUES) {
        PyErr_SetString(PyExc_ValueError, "a plan has at most 16 values");
        return -1;
    }
    plan->roots = PyMem_Calloc(plan->root_count + 1, sizeof(int32_t));
    if (plan->roots == NULL) return -1;
    for (uint32_t i = 0; i < plan->root_count; i++) plan->roots[i] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(roots, i));
    return PyErr_Occurred() ? -1 : 0;
}

/* Plan(header, wire entries, wire roots, nodes, roots, Principal, plain principals?, decode, encode) */
static PyObject *make_plan(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    PyObject *header, *entries, *wire_roots, *nodes, *roots, *principal_class, *decode_otherwise, *encode_otherwise;
    int plain;
    if (!PyArg_ParseTuple(arguments, "SO!O!O!O!OpOO", &header, &PyTuple_Type, &entries, &PyTuple_Type, &wire_roots,
                          &PyTuple_Type, &nodes, &PyTuple_Type, &roots, &principal_class, &plain, &decode_otherwise,
                          &encode_otherwise)) {
        return NULL;
    }
    Plan *plan = (Plan *)type->tp_alloc(type, 0);
    if (plan == NULL) return NULL;
    plan->header = Py_NewRef(header);
    plan->principal_class = Py_NewRef(principal_class);
    plan->plain_principals = plain;
    plan->decode_otherwise = Py_NewRef(decode_otherwise);
    plan->encode_otherwise = Py_NewRef(encode_otherwise);
    if (set_principal_names() < 0 || own_table(&plan->own, entries, wire_roots) < 0 || set_nodes(plan, nodes) < 0 ||
        set_roots(plan, roots) < 0) {
        Py_DECREF(plan);
        return NULL;
    }
    return (PyObject *)plan;
}

static PyMethodDef plan_methods[] = {
    {"decode", decode, METH_O, NULL},
    {"decode_first", decode_first, METH_O, NULL},
    {"encode", FASTCALL(encode), NULL},
    {NULL, NULL, 0, NULL},
};

PyTypeObject PlanType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_candid_plan.Plan",
    .tp_basicsize = sizeof(Plan),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = make_plan,
    .tp_dealloc = free_plan,
    .tp_methods = plan_methods,
};

static PyMethodDef module_functions[] = {
    {"principal_text", principal_text, METH_O, NULL},
    {"principal_bytes", principal_bytes, METH_O, NULL},
    {"principal", FASTCALL(principal_of), NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_candid_plan", .m_size = -1, .m_methods = module_functions};

PyObject *create_candid_plan(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddType(module, &PlanType) < 0) Py_CLEAR(module);
    return module;
}

/* The name by which the machine's own Python loads the extension. */
PyMODINIT_FUNC PyInit__candid_plan(void) { return create_candid_plan(); }
