/* Passing over values that nobody asked for, with the checks that reading them would make. */
#include "candid/candid.h"

static int pass(Reader *reader, uint64_t bytes) {
    if (bytes > (uint64_t)(reader->end - reader->pos)) return -1;
    reader->pos += bytes;
    return 0;
}

static int pass_number(Reader *reader) {
    do {
        if (reader->pos == reader->end) return -1;
    } while (*reader->pos++ > 127);
    return 0;
}

static int pass_text(Reader *reader) {
    uint64_t length;
    if (read_length(reader, &length) < 0 || length > (uint64_t)(reader->end - reader->pos)) return -1;
    PyObject *text = PyUnicode_DecodeUTF8((const char *)reader->pos, (Py_ssize_t)length, NULL);
    if (text == NULL) {
        PyErr_Clear();
        return -1;
    }
    Py_DECREF(text);
    return pass(reader, length);
}

static int pass_principal(Reader *reader) {
    uint64_t length;
    if (reader->pos == reader->end || *reader->pos++ != 1) return -1;
    if (read_length(reader, &length) < 0 || length > LONGEST_PRINCIPAL) return -1;
    return pass(reader, length);
}

static int pass_bool(Reader *reader) {
    if (reader->pos == reader->end || *reader->pos++ > 1) return -1;
    return 0;
}

static int skip_primitive(Reader *reader, int32_t wire) {
    switch (wire) {
        case T_NULL:
        case T_RESERVED: return --reader->budget < 0 ? -1 : 0;
        case T_BOOL: return pass_bool(reader);
        case T_NAT:
        case T_INT: return pass_number(reader);
        case T_NAT8:
        case T_INT8: return pass(reader, 1);
        case T_NAT16:
        case T_INT16: return pass(reader, 2);
        case T_NAT32:
        case T_INT32:
        case T_FLOAT32: return pass(reader, 4);
        case T_NAT64:
        case T_INT64:
        case T_FLOAT64: return pass(reader, 8);
        case T_TEXT: return pass_text(reader);
        case T_PRINCIPAL: return pass_principal(reader);
    }
    return -1;
}

static int skip_opt(Reader *reader, const WireEntry *entry) {
    if (reader->pos == reader->end || *reader->pos > 1) return -1;
    return *reader->pos++ == 0 ? 0 : skip_value(reader, entry->inner);
}

static int skip_vec(Reader *reader, const WireEntry *entry) {
    uint64_t count;
    if (read_count(reader, &count) < 0) return -1;
    if (entry->inner == T_NAT8) return pass(reader, count);
    for (uint64_t i = 0; i < count; i++) {
        if (skip_value(reader, entry->inner) < 0) return -1;
    }
    return 0;
}

static int skip_record(Reader *reader, const WireEntry *entry) {
    if (--reader->budget < 0) return -1;
    for (uint32_t i = 0; i < entry->count; i++) {
        if (skip_value(reader, entry->fields[i].ref) < 0) return -1;
    }
    return 0;
}

static int skip_variant(Reader *reader, const WireEntry *entry) {
    uint64_t tag;
    if (read_length(reader, &tag) < 0 || tag >= entry->count) return -1;
    return skip_value(reader, entry->fields[tag].ref);
}

int skip_value(Reader *reader, int32_t wire) {
    if (wire < 0) return skip_primitive(reader, wire);
    if (++reader->depth > MAX_DEPTH) return -1;
    const WireEntry *entry = &reader->wire->entries[wire];
    int result = -1;
    switch (entry->kind) {
        case T_OPT: result = skip_opt(reader, entry); break;
        case T_VEC: result = skip_vec(reader, entry); break;
        case T_RECORD: result = skip_record(reader, entry); break;
        case T_VARIANT: result = skip_variant(reader, entry); break;
    }
    reader->depth--;
    return result;
}
