/* Type tables: the canister's own, and those of other senders, which need not be equal to it.
 *
 * Functions, services and types of the future stand in foreign tables only rarely: the Python codec reads those. */
#include "candid/candid.h"

enum { LONGEST_HEADER = 65536, MOST_ENTRIES = 10000 };

void free_wire_table(WireTable *table) {
    PyMem_Free(table->entries);
    PyMem_Free(table->fields);
    PyMem_Free(table->roots);
    memset(table, 0, sizeof *table);
}

/* As many as each takes at least a byte: a count beyond that is damage, not a reason to allocate. */
static int read_table_count(Reader *reader, uint32_t *count) {
    uint64_t length;
    if (read_length(reader, &length) < 0 || length > (uint64_t)(reader->end - reader->pos)) return -1;
    *count = (uint32_t)length;
    return 0;
}

/* A type code or the index of an entry, of at most five bytes. */
static int read_ref(Reader *reader, int32_t *ref) {
    int64_t number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        if (reader->pos == reader->end) return -1;
        unsigned char byte = *reader->pos++;
        number |= (int64_t)(byte & 127) << shift;
        if (byte < 128) {
            if (byte & 64) number -= (int64_t)1 << (shift + 7);
            if (number < INT32_MIN || number > INT32_MAX) return -1;
            *ref = (int32_t)number;
            return 0;
        }
    }
    return -1;
}

static int read_type(Reader *reader, uint32_t entries, int32_t *ref) {
    if (read_ref(reader, ref) < 0) return -1;
    if (*ref >= 0) return (uint32_t)*ref < entries ? 0 : -1;
    return *ref >= T_EMPTY || *ref == T_PRINCIPAL ? 0 : -1;
}

static int read_fields(Reader *reader, uint32_t entries, WireEntry *entry, WireField *fields) {
    if (read_table_count(reader, &entry->count) < 0) return -1;
    int64_t last = -1;
    for (uint32_t i = 0; i < entry->count; i++) {
        uint64_t id;
        if (read_length(reader, &id) < 0 || (int64_t)id <= last || id > UINT32_MAX) return -1;
        last = (int64_t)id;
        fields[i].id = (uint32_t)id;
        if (read_type(reader, entries, &fields[i].ref) < 0) return -1;
    }
    entry->fields = fields;
    return 0;
}

static int read_entry(Reader *reader, uint32_t entries, WireEntry *entry, WireField *fields) {
    if (read_ref(reader, &entry->kind) < 0) return -1;
    if (entry->kind == T_OPT || entry->kind == T_VEC) return read_type(reader, entries, &entry->inner);
    if (entry->kind == T_RECORD || entry->kind == T_VARIANT) return read_fields(reader, entries, entry, fields);
    return -1;
}

static int read_table(Reader *reader, WireTable *table) {
    if (reader->end - reader->pos < 4 || memcmp(reader->pos, "DIDL", 4) != 0) return -1;
    reader->pos += 4;
    if (read_table_count(reader, &table->count) < 0 || table->count > MOST_ENTRIES) return -1;
    size_t bytes = (size_t)(reader->end - reader->pos);
    table->entries = PyMem_Calloc(table->count + 1, sizeof(WireEntry));
    table->fields = PyMem_Malloc((bytes / 2 + 1) * sizeof(WireField)); /* a field takes two bytes at least */
    if (table->entries == NULL || table->fields == NULL) return -1;
    WireField *fields = table->fields;
    for (uint32_t i = 0; i < table->count; i++) {
        if (read_entry(reader, table->count, &table->entries[i], fields) < 0) return -1;
        fields += table->entries[i].count;
    }
    if (read_table_count(reader, &table->root_count) < 0) return -1;
    table->roots = PyMem_Malloc((table->root_count + 1) * sizeof(int32_t));
    if (table->roots == NULL) return -1;
    for (uint32_t i = 0; i < table->root_count; i++) {
        if (read_type(reader, table->count, &table->roots[i]) < 0) return -1;
    }
    return 0;
}

/* The table at the start of a message; the reader stands at the first value afterwards. */
int parse_header(Reader *reader, WireTable *table) {
    const unsigned char *end = reader->end;
    memset(table, 0, sizeof *table);
    if (end - reader->pos > LONGEST_HEADER) reader->end = reader->pos + LONGEST_HEADER;
    int failed = read_table(reader, table);
    reader->end = end;
    if (failed) free_wire_table(table);
    return failed;
}

static int number_at(PyObject *tuple, Py_ssize_t index, int64_t *number) {
    if (!PyTuple_Check(tuple) || index >= PyTuple_GET_SIZE(tuple)) {
        PyErr_SetString(PyExc_TypeError, "a plan's description is made of tuples of numbers");
        return -1;
    }
    *number = PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, index));
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

static int own_fields(WireEntry *entry, WireField *fields, PyObject *ids, PyObject *refs) {
    entry->fields = fields;
    for (uint32_t i = 0; i < entry->count; i++) {
        int64_t id, ref;
        if (number_at(ids, i, &id) < 0 || number_at(refs, i, &ref) < 0) return -1;
        fields[i] = (WireField){(uint32_t)id, (int32_t)ref};
    }
    return 0;
}

/* The table of the canister's own header from its description: (kind, inner) or (kind, ids, refs) for each entry. */
int own_table(WireTable *table, PyObject *entries, PyObject *roots) {
    Py_ssize_t field_count = 0;
    table->count = (uint32_t)PyTuple_GET_SIZE(entries);
    table->root_count = (uint32_t)PyTuple_GET_SIZE(roots);
    for (uint32_t i = 0; i < table->count; i++) {
        PyObject *entry = PyTuple_GET_ITEM(entries, i);
        if (PyTuple_GET_SIZE(entry) == 3) field_count += PyTuple_GET_SIZE(PyTuple_GET_ITEM(entry, 1));
    }
    table->entries = PyMem_Calloc(table->count + 1, sizeof(WireEntry));
    table->fields = PyMem_Calloc((size_t)field_count + 1, sizeof(WireField));
    table->roots = PyMem_Calloc(table->root_count + 1, sizeof(int32_t));
    if (table->entries == NULL || table->fields == NULL || table->roots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    WireField *fields = table->fields;
    for (uint32_t i = 0; i < table->count; i++) {
        PyObject *described = PyTuple_GET_ITEM(entries, i);
        WireEntry *entry = &table->entries[i];
        int64_t kind, inner = 0;
        if (number_at(described, 0, &kind) < 0) return -1;
        entry->kind = (int32_t)kind;
        if (PyTuple_GET_SIZE(described) == 3) {
            entry->count = (uint32_t)PyTuple_GET_SIZE(PyTuple_GET_ITEM(described, 1));
            if (own_fields(entry, fields, PyTuple_GET_ITEM(described, 1), PyTuple_GET_ITEM(described, 2)) < 0) return -1;
            fields += entry->count;
        } else if (PyTuple_GET_SIZE(described) == 2) {
            if (number_at(described, 1, &inner) < 0) return -1;
            entry->inner = (int32_t)inner;
        }
    }
    for (uint32_t i = 0; i < table->root_count; i++) {
        int64_t root;
        if (number_at(roots, i, &root) < 0) return -1;
        table->roots[i] = (int32_t)root;
    }
    return 0;
}
