/* From bytes to Python values: a walk over the message's type and the expected one at the same time.
 *
 * Subtypes need no table of pairs: both sides' fields are sorted by id and are merged while a record is read. */
#include "candid/candid.h"
#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>

static size_t left(const Reader *reader) { return (size_t)(reader->end - reader->pos); }

static PyObject *without_error(PyObject *value) {
    if (value == NULL) PyErr_Clear();
    return value;
}

static PyObject *null_value(Reader *reader) {
    if (--reader->budget < 0) return NULL;
    return Py_NewRef(Py_None);
}

static uint64_t little_endian(const unsigned char *bytes, int size) {
    uint64_t number = 0;
    memcpy(&number, bytes, (size_t)size); /* wasm and the machines that test this are little-endian */
    return number;
}

static PyObject *fixed_value(const unsigned char *bytes, int32_t type) {
    switch (type) {
        case T_NAT8: return PyLong_FromLong(bytes[0]);
        case T_NAT16: return PyLong_FromLong((long)little_endian(bytes, 2));
        case T_NAT32: return PyLong_FromUnsignedLong((unsigned long)little_endian(bytes, 4));
        case T_NAT64: return PyLong_FromUnsignedLongLong(little_endian(bytes, 8));
        case T_INT8: return PyLong_FromLong((int8_t)bytes[0]);
        case T_INT16: return PyLong_FromLong((int16_t)little_endian(bytes, 2));
        case T_INT32: return PyLong_FromLong((int32_t)little_endian(bytes, 4));
        case T_INT64: return PyLong_FromLongLong((int64_t)little_endian(bytes, 8));
        case T_FLOAT32: return PyFloat_FromDouble(PyFloat_Unpack4((const char *)bytes, 1));
        default: return PyFloat_FromDouble(PyFloat_Unpack8((const char *)bytes, 1));
    }
}

static const unsigned char fixed_sizes[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};

static int is_fixed(int32_t type) { return type <= T_NAT8 && type >= T_FLOAT64; }

static PyObject *read_fixed(Reader *reader, int32_t type) {
    int size = fixed_sizes[T_NAT8 - type];
    if (left(reader) < (size_t)size) return NULL;
    PyObject *value = fixed_value(reader->pos, type);
    reader->pos += size;
    return without_error(value);
}

/* The bytes of a text or blob; NULL when the message has fewer. */
static const unsigned char *read_sized(Reader *reader, size_t *size) {
    uint64_t length;
    if (reader->pos < reader->end && *reader->pos < 128) length = *reader->pos++;
    else if (read_length(reader, &length) < 0) return NULL;
    if (length > left(reader)) return NULL;
    const unsigned char *start = reader->pos;
    *size = (size_t)length;
    reader->pos += length;
    return start;
}

static int is_ascii(const unsigned char *bytes, size_t size) {
    uint64_t word, seen = 0;
    for (; size >= 8; bytes += 8, size -= 8) {
        memcpy(&word, bytes, 8);
        seen |= word;
    }
    for (; size > 0; size--) seen |= *bytes++;
    return (seen & 0x8080808080808080) == 0;
}

static PyObject *read_text(Reader *reader) {
    size_t size;
    const unsigned char *start = read_sized(reader, &size);
    if (start == NULL) return NULL;
    if (size > 1 && is_ascii(start, size)) { /* the decoder takes eight instructions a byte */
        PyObject *text = PyUnicode_New((Py_ssize_t)size, 127);
        if (text != NULL) memcpy(PyUnicode_1BYTE_DATA(text), start, size);
        return without_error(text);
    }
    return without_error(PyUnicode_DecodeUTF8((const char *)start, (Py_ssize_t)size, NULL));
}

static PyObject *read_blob(Reader *reader) {
    size_t size;
    const unsigned char *start = read_sized(reader, &size);
    return start == NULL ? NULL : without_error(PyBytes_FromStringAndSize((const char *)start, (Py_ssize_t)size));
}

static PyObject *read_bool(Reader *reader) {
    if (reader->pos == reader->end || *reader->pos > 1) return NULL;
    return PyBool_FromLong(*reader->pos++);
}

static PyObject *read_primitive(Reader *reader, int32_t wire, int32_t expected) {
    if (expected == T_RESERVED) return skip_value(reader, wire) < 0 ? NULL : Py_NewRef(Py_None);
    if (wire != expected && !(wire == T_NAT && expected == T_INT)) return NULL;
    if (is_fixed(wire)) return read_fixed(reader, wire);
    switch (wire) {
        case T_TEXT: return read_text(reader);
        case T_NULL: return null_value(reader);
        case T_BOOL: return read_bool(reader);
        case T_NAT: return without_error(read_number(reader, 0));
        case T_INT: return without_error(read_number(reader, 1));
    }
    return NULL;
}

static PyObject *read_principal(Reader *reader) {
    size_t size;
    if (reader->pos == reader->end || *reader->pos++ != 1) return NULL;
    const unsigned char *start = read_sized(reader, &size);
    if (start == NULL || size > LONGEST_PRINCIPAL) return NULL;
    return without_error(make_principal(reader->plan, start, size));
}

static PyObject *read_service(Reader *reader, const Node *node) {
    PyObject *principal = read_principal(reader);
    if (principal == NULL) return NULL;
    PyObject *service = PyObject_CallOneArg(node->service, principal);
    Py_DECREF(principal);
    return without_error(service);
}

static PyObject *read_func(Reader *reader) {
    if (reader->pos == reader->end || *reader->pos++ != 1) return NULL;
    PyObject *principal = read_principal(reader);
    if (principal == NULL) return NULL;
    PyObject *method = read_text(reader);
    PyObject *func = method == NULL ? NULL : PyTuple_Pack(2, principal, method);
    Py_DECREF(principal);
    Py_XDECREF(method);
    return without_error(func);
}

static PyObject *read_opt(Reader *reader, int32_t wire, const Node *node) {
    int32_t kind = wire_kind(reader->wire, wire);
    if (kind == T_OPT) {
        if (reader->pos == reader->end || *reader->pos > 1) return NULL;
        if (*reader->pos++ == 0) return Py_NewRef(Py_None);
        return read_value(reader, reader->wire->entries[wire].inner, node->inner);
    }
    if (accepts_absence(reader->plan, node->inner) || kind == T_NULL || kind == T_RESERVED) {
        return skip_value(reader, wire) < 0 ? NULL : Py_NewRef(Py_None);
    }
    return read_value(reader, wire, node->inner);
}

static PyObject *read_vec(Reader *reader, const WireEntry *entry, const Node *node) {
    uint64_t count;
    if (node->inner == T_NAT8) return entry->inner == T_NAT8 ? read_blob(reader) : NULL;
    if (read_count(reader, &count) < 0) return NULL;
    PyObject *list = PyList_New((Py_ssize_t)count);
    if (list == NULL) return without_error(NULL);
    for (Py_ssize_t i = 0; i < (Py_ssize_t)count; i++) {
        PyObject *item = read_value(reader, entry->inner, node->inner);
        if (item == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        PyList_SET_ITEM(list, i, item);
    }
    return list;
}

/* Where a record's values go: the places of a tuple or of a dict's table of entries, all of which hold None. */
static void put(PyObject *record, int is_tuple, uint32_t place, int32_t type, PyObject *value) {
    if (is_tuple) {
        PyTuple_SET_ITEM(record, place, value);
    } else {
        DK_UNICODE_ENTRIES(((PyDictObject *)record)->ma_keys)[place].me_value = value;
        int holds_none = type < 0 && type != T_PRINCIPAL; /* numbers and texts hold no other objects */
        if (!holds_none && _PyObject_GC_MAY_BE_TRACKED(value) && !_PyObject_GC_IS_TRACKED(record)) PyObject_GC_Track(record);
    }
    Py_DECREF(Py_None);
}

static PyObject *blank(const Node *node) {
    if (!node->is_tuple) return PyDict_Copy(node->template);
    PyObject *tuple = PyTuple_New(node->count);
    if (tuple == NULL) return NULL;
    for (uint32_t i = 0; i < node->count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(Py_None));
    return tuple;
}

/* An expected field that the message does not have: None stands there already. */
static int miss(Reader *reader, int32_t expected) {
    return accepts_absence(reader->plan, expected) && --reader->budget >= 0 ? 0 : -1;
}

static int fill(Reader *reader, const WireEntry *entry, const Node *node, PyObject *record) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < entry->count; i++) {
        const WireField *field = &entry->fields[i];
        for (; next < node->count && node->ids[next] < field->id; next++) {
            if (miss(reader, node->refs[next]) < 0) return -1;
        }
        if (next < node->count && node->ids[next] == field->id) {
            PyObject *value = read_value(reader, field->ref, node->refs[next]);
            if (value == NULL) return -1;
            put(record, node->is_tuple, node->places[next], node->refs[next], value);
            next++;
        } else if (node->is_tuple || skip_value(reader, field->ref) < 0) {
            return -1;
        }
    }
    for (; next < node->count; next++) {
        if (miss(reader, node->refs[next]) < 0) return -1;
    }
    return 0;
}

static PyObject *read_record(Reader *reader, const WireEntry *entry, const Node *node) {
    if (--reader->budget < 0) return NULL;
    PyObject *record = blank(node);
    if (record == NULL) return without_error(NULL);
    if (fill(reader, entry, node, record) == 0) return record;
    Py_DECREF(record);
    return NULL;
}

static PyObject *read_variant(Reader *reader, const WireEntry *entry, const Node *node) {
    uint64_t tag;
    if (read_length(reader, &tag) < 0 || tag >= entry->count) return NULL;
    const WireField *field = &entry->fields[tag];
    uint32_t index = (uint32_t)tag;
    if (index >= node->count || node->ids[index] != field->id) {
        for (index = 0; index < node->count && node->ids[index] != field->id; index++) {}
        if (index == node->count) return NULL;
    }
    int is_null = field->ref == T_NULL && node->refs[index] == T_NULL;
    PyObject *content = is_null ? Py_NewRef(Py_None) : read_value(reader, field->ref, node->refs[index]);
    if (content == NULL) return NULL;
    PyObject *variant = PyDict_Copy(node->cases[index]);
    if (variant == NULL) {
        Py_DECREF(content);
        return without_error(NULL);
    }
    put(variant, 0, 0, node->refs[index], content);
    return variant;
}

static PyObject *read_composite(Reader *reader, int32_t wire, int32_t expected) {
    const Node *node = &reader->plan->nodes[expected];
    if (node->kind == T_OPT) return read_opt(reader, wire, node);
    if (wire_kind(reader->wire, wire) != node->kind) return NULL;
    const WireEntry *entry = &reader->wire->entries[wire];
    switch (node->kind) {
        case T_VEC: return read_vec(reader, entry, node);
        case T_RECORD: return read_record(reader, entry, node);
        case T_VARIANT: return read_variant(reader, entry, node);
        case T_FUNC: return read_func(reader);
        case T_SERVICE: return read_service(reader, node);
    }
    return NULL;
}

PyObject *read_value(Reader *reader, int32_t wire, int32_t expected) {
    if (expected < 0) {
        if (expected == T_PRINCIPAL) return wire == T_PRINCIPAL ? read_principal(reader) : NULL;
        return read_primitive(reader, wire, expected);
    }
    if (++reader->depth > MAX_DEPTH) return NULL;
    PyObject *value = read_composite(reader, wire, expected);
    reader->depth--;
    return value;
}
