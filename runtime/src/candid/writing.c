/* From Python values to bytes. What passes here are values of the exact types that Kybra's conversions are made for;
 * subclasses, iterators and everything that is refused are the Python conversions' (host/outgoing.py). */
#include "candid/candid.h"
#include <internal/pycore_dict.h>

void begin_writing(Writer *writer, unsigned char *room, size_t size) {
    writer->start = writer->pos = writer->room = room;
    writer->end = room + size;
}

void end_writing(Writer *writer) {
    if (writer->start != writer->room) PyMem_Free(writer->start);
}

int make_room(Writer *writer, size_t size) {
    size_t used = (size_t)(writer->pos - writer->start);
    size_t capacity = (size_t)(writer->end - writer->start);
    if (capacity - used >= size) return 0;
    while (capacity - used < size) capacity *= 2;
    unsigned char *start = PyMem_Realloc(writer->start == writer->room ? NULL : writer->start, capacity);
    if (start == NULL) return -1;
    if (writer->start == writer->room) memcpy(start, writer->room, used);
    writer->start = start;
    writer->pos = start + used;
    writer->end = start + capacity;
    return 0;
}

static int write_fixed(Writer *writer, PyObject *value, int size, int is_signed) {
    int overflow;
    if (!PyLong_CheckExact(value) && !PyBool_Check(value)) return -1;
    int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow) {
        if (overflow < 0 || is_signed || size < 8) return -1;
        uint64_t large = PyLong_AsUnsignedLongLong(value);
        if (large == (uint64_t)-1 && PyErr_Occurred()) {
            PyErr_Clear();
            return -1;
        }
        return write_bytes(writer, &large, 8);
    }
    int bits = 8 * size;
    if (is_signed ? bits < 64 && (number < -((int64_t)1 << (bits - 1)) || number >= (int64_t)1 << (bits - 1))
                  : number < 0 || (bits < 64 && number >> bits != 0)) {
        return -1;
    }
    return write_bytes(writer, &number, (size_t)size);
}

static int write_float(Writer *writer, PyObject *value, int32_t type) {
    if (!PyFloat_CheckExact(value)) return -1;
    double number = PyFloat_AS_DOUBLE(value);
    if (type == T_FLOAT64) return write_bytes(writer, &number, 8);
    if (number != number) return write_bytes(writer, "\0\0\xc0\x7f", 4);
    float rounded = (float)number; /* beyond its range: infinite, as Kybra has it */
    return write_bytes(writer, &rounded, 4);
}

/* UTF-8 of a text that is not ASCII; lone surrogates become U+FFFD. */
static int write_wide(Writer *writer, PyObject *text) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *source = PyUnicode_DATA(text);
    size_t size = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, source, i);
        size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    if (write_length(writer, size) < 0 || make_room(writer, size) < 0) return -1;
    unsigned char *pos = writer->pos;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, source, i);
        if (Py_UNICODE_IS_SURROGATE(c)) c = 0xfffd;
        if (c < 0x80) {
            *pos++ = (unsigned char)c;
        } else if (c < 0x800) {
            *pos++ = (unsigned char)(0xc0 | c >> 6);
            *pos++ = (unsigned char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            *pos++ = (unsigned char)(0xe0 | c >> 12);
            *pos++ = (unsigned char)(0x80 | (c >> 6 & 63));
            *pos++ = (unsigned char)(0x80 | (c & 63));
        } else {
            *pos++ = (unsigned char)(0xf0 | c >> 18);
            *pos++ = (unsigned char)(0x80 | (c >> 12 & 63));
            *pos++ = (unsigned char)(0x80 | (c >> 6 & 63));
            *pos++ = (unsigned char)(0x80 | (c & 63));
        }
    }
    writer->pos = pos;
    return 0;
}

static int write_sized(Writer *writer, const void *bytes, size_t size) {
    if (write_length(writer, size) < 0) return -1;
    return write_bytes(writer, bytes, size);
}

static int write_text(Writer *writer, PyObject *value) {
    if (!PyUnicode_CheckExact(value) || PyUnicode_READY(value) < 0) return -1;
    if (!PyUnicode_IS_ASCII(value)) return write_wide(writer, value);
    return write_sized(writer, PyUnicode_1BYTE_DATA(value), (size_t)PyUnicode_GET_LENGTH(value));
}

static int write_bool(Writer *writer, PyObject *value) {
    return PyBool_Check(value) ? write_byte(writer, value == Py_True) : -1;
}

static PyObject *bytes_name;
static PyObject *canister_id_name;

static PyObject *attribute(PyObject *value, PyObject **name, const char *text) {
    if (*name == NULL) *name = PyUnicode_InternFromString(text);
    PyObject *found = *name == NULL ? NULL : PyObject_GetAttr(value, *name);
    if (found == NULL) PyErr_Clear();
    return found;
}

static int write_principal(Writer *writer, const Plan *plan, PyObject *value) {
    if ((PyObject *)Py_TYPE(value) != plan->principal_class) return -1;
    PyObject *raw = attribute(value, &bytes_name, "_bytes");
    int result = -1;
    if (raw != NULL && PyBytes_CheckExact(raw) && PyBytes_GET_SIZE(raw) <= LONGEST_PRINCIPAL) {
        result = write_byte(writer, 1) || write_sized(writer, PyBytes_AS_STRING(raw), (size_t)PyBytes_GET_SIZE(raw));
    }
    Py_XDECREF(raw);
    return result ? -1 : 0;
}

static int write_service(Writer *writer, const Plan *plan, PyObject *value) {
    PyObject *principal = attribute(value, &canister_id_name, "canister_id");
    int result = principal == NULL ? -1 : write_principal(writer, plan, principal);
    Py_XDECREF(principal);
    return result;
}

static int write_func(Writer *writer, const Plan *plan, PyObject *value) {
    if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) < 2 || write_byte(writer, 1) < 0) return -1;
    if (write_principal(writer, plan, PyTuple_GET_ITEM(value, 0)) < 0) return -1;
    return write_text(writer, PyTuple_GET_ITEM(value, 1));
}

static int write_primitive(Writer *writer, const Plan *plan, int32_t type, PyObject *value) {
    switch (type) {
        case T_NULL: return value == Py_None ? 0 : -1;
        case T_RESERVED: return 0;
        case T_BOOL: return write_bool(writer, value);
        case T_NAT: return write_number(writer, value, 0);
        case T_INT: return write_number(writer, value, 1);
        case T_NAT8: return write_fixed(writer, value, 1, 0);
        case T_NAT16: return write_fixed(writer, value, 2, 0);
        case T_NAT32: return write_fixed(writer, value, 4, 0);
        case T_NAT64: return write_fixed(writer, value, 8, 0);
        case T_INT8: return write_fixed(writer, value, 1, 1);
        case T_INT16: return write_fixed(writer, value, 2, 1);
        case T_INT32: return write_fixed(writer, value, 4, 1);
        case T_INT64: return write_fixed(writer, value, 8, 1);
        case T_FLOAT32:
        case T_FLOAT64: return write_float(writer, value, type);
        case T_TEXT: return write_text(writer, value);
        case T_PRINCIPAL: return write_principal(writer, plan, value);
    }
    return -1;
}

/* Keys and attributes of the items may run code of the canister's, which may change the list. */
static int write_items(Writer *writer, const Plan *plan, const Node *node, PyObject *list, int depth) {
    Py_ssize_t count = PyList_GET_SIZE(list);
    if (write_length(writer, (uint64_t)count) < 0) return -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i >= PyList_GET_SIZE(list)) return -1;
        PyObject *item = Py_NewRef(PyList_GET_ITEM(list, i));
        int result = write_value(writer, plan, node->inner, item, depth);
        Py_DECREF(item);
        if (result < 0) return -1;
    }
    return 0;
}

static int write_vec(Writer *writer, const Plan *plan, const Node *node, PyObject *value, int depth) {
    if (node->inner == T_NAT8) {
        if (!PyBytes_CheckExact(value)) return -1;
        return write_sized(writer, PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
    }
    return PyList_CheckExact(value) ? write_items(writer, plan, node, value, depth) : -1;
}

/* A record's member. Most stand where their hash points to in the dict's table; the others the dict finds. */
static PyObject *member(PyObject *record, PyObject *key) {
    const Py_hash_t hash = ((PyASCIIObject *)key)->hash;
    PyDictKeysObject *keys = ((PyDictObject *)record)->ma_keys;
    if (DK_IS_UNICODE(keys) && DK_LOG_SIZE(keys) < 8 && ((PyDictObject *)record)->ma_values == NULL) {
        int8_t place = ((const int8_t *)keys->dk_indices)[(size_t)hash & ((size_t)DK_SIZE(keys) - 1)];
        if (place >= 0 && DK_UNICODE_ENTRIES(keys)[place].me_key == key) return DK_UNICODE_ENTRIES(keys)[place].me_value;
    }
    PyObject *found = _PyDict_GetItem_KnownHash(record, key, hash);
    if (found == NULL) PyErr_Clear();
    return found;
}

static int write_record(Writer *writer, const Plan *plan, const Node *node, PyObject *value, int depth) {
    if (node->count == 0) return 0;
    if (!PyDict_CheckExact(value)) return -1;
    for (uint32_t i = 0; i < node->count; i++) {
        PyObject *field = member(value, node->keys[i]);
        if (field == NULL) return -1;
        Py_INCREF(field);
        int result = write_value(writer, plan, node->refs[i], field, depth);
        Py_DECREF(field);
        if (result < 0) return -1;
    }
    return 0;
}

static int write_tuple(Writer *writer, const Plan *plan, const Node *node, PyObject *value, int depth) {
    if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) < (Py_ssize_t)node->count) return -1;
    for (uint32_t i = 0; i < node->count; i++) {
        if (write_value(writer, plan, node->refs[i], PyTuple_GET_ITEM(value, i), depth) < 0) return -1;
    }
    return 0;
}

static int write_variant(Writer *writer, const Plan *plan, const Node *node, PyObject *value, int depth) {
    PyObject *key, *content;
    Py_ssize_t position = 0;
    if (!PyDict_CheckExact(value) || PyDict_GET_SIZE(value) != 1 || !PyDict_Next(value, &position, &key, &content)) {
        return -1;
    }
    if (!PyUnicode_CheckExact(key)) return -1;
    PyObject *index = PyDict_GetItemWithError(node->names, key);
    if (index == NULL) {
        PyErr_Clear();
        return -1;
    }
    uint32_t tag = (uint32_t)PyLong_AsLong(index);
    if (write_length(writer, tag) < 0) return -1;
    Py_INCREF(content);
    int result = write_value(writer, plan, node->refs[tag], content, depth);
    Py_DECREF(content);
    return result;
}

int write_value(Writer *writer, const Plan *plan, int32_t ref, PyObject *value, int depth) {
    if (ref < 0) return write_primitive(writer, plan, ref, value);
    if (++depth > MAX_DEPTH) return -1;
    const Node *node = &plan->nodes[ref];
    switch (node->kind) {
        case T_OPT:
            if (value == Py_None) return write_byte(writer, 0);
            return write_byte(writer, 1) < 0 ? -1 : write_value(writer, plan, node->inner, value, depth);
        case T_VEC: return write_vec(writer, plan, node, value, depth);
        case T_RECORD: return node->is_tuple ? write_tuple(writer, plan, node, value, depth)
                                             : write_record(writer, plan, node, value, depth);
        case T_VARIANT: return write_variant(writer, plan, node, value, depth);
        case T_FUNC: return write_func(writer, plan, value);
        case T_SERVICE: return write_service(writer, plan, value);
    }
    return -1;
}
