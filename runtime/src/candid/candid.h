/* Candid by compiled plans: types become arrays of nodes once, then bytes become Python values without closures.
 *
 * A plan does what is usual and fast. Whatever it does not know, finds damaged or does not like, it leaves to the Python
 * codec, which it is given as a fallback: that one finds the value, or the error in its words. So nothing here may accept
 * what src/candid and canister_runtime/host/outgoing.py refuse, or read it otherwise; it may always give up.
 * Nothing here needs a canister: the same files are compiled as an extension of the machine's own Python and compared
 * with the Python codec. */
#ifndef VEX_CANDID_H
#define VEX_CANDID_H
#ifndef Py_BUILD_CORE_MODULE
#define Py_BUILD_CORE_MODULE 1
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Type codes of the Candid specification, "Binary Format". */
enum {
    T_NULL = -1, T_BOOL = -2, T_NAT = -3, T_INT = -4,
    T_NAT8 = -5, T_NAT16 = -6, T_NAT32 = -7, T_NAT64 = -8,
    T_INT8 = -9, T_INT16 = -10, T_INT32 = -11, T_INT64 = -12,
    T_FLOAT32 = -13, T_FLOAT64 = -14, T_TEXT = -15, T_RESERVED = -16, T_EMPTY = -17,
    T_OPT = -18, T_VEC = -19, T_RECORD = -20, T_VARIANT = -21, T_FUNC = -22, T_SERVICE = -23,
    T_PRINCIPAL = -24,
};

enum { MAX_DEPTH = 200, SHORT_VEC = 1000, MAX_WITHOUT_BYTES = 100000, LONGEST_PRINCIPAL = 29 };

/* A type as it stands in a message's table. References are indexes of entries, or codes of primitive types. */
typedef struct {
    uint32_t id;
    int32_t ref;
} WireField;

typedef struct {
    int32_t kind;
    int32_t inner;
    uint32_t count;
    const WireField *fields;
} WireEntry;

typedef struct {
    WireEntry *entries;
    WireField *fields;
    int32_t *roots;
    uint32_t count;
    uint32_t root_count;
} WireTable;

/* A type as the canister declares it. Fields stand in the order of their ids, `places` says where Python has them. */
typedef struct {
    int32_t kind;
    int32_t inner;
    uint32_t count;
    uint32_t *ids;
    int32_t *refs;
    uint32_t *places;
    PyObject **keys;
    PyObject **cases;   /* variant: a dict {key: None} for each case */
    PyObject *names;    /* variant: index by key */
    PyObject *template; /* record: a dict of its keys with None */
    PyObject *service;  /* service: the class */
    int is_tuple;
} Node;

typedef struct {
    PyObject_HEAD
    Node *nodes;
    uint32_t node_count;
    int32_t *roots;
    uint32_t root_count;
    WireTable own;
    PyObject *header;
    PyObject *principal_class;
    int plain_principals; /* instances of the class are no more than their four attributes */
    PyObject *decode_otherwise;
    PyObject *encode_otherwise;
} Plan;

extern PyTypeObject PlanType;

static inline int32_t wire_kind(const WireTable *table, int32_t ref) {
    return ref < 0 ? ref : table->entries[ref].kind;
}

static inline int32_t node_kind(const Plan *plan, int32_t ref) {
    return ref < 0 ? ref : plan->nodes[ref].kind;
}

/* Whether an absent field or argument of this type reads as null. */
static inline int accepts_absence(const Plan *plan, int32_t ref) {
    return ref == T_NULL || ref == T_RESERVED || node_kind(plan, ref) == T_OPT;
}

/* Bytes being read. Functions that read give NULL or -1, without an exception, for what the Python codec has to see. */
typedef struct {
    const unsigned char *pos;
    const unsigned char *end;
    const WireTable *wire;
    const Plan *plan;
    long budget; /* values without bytes that may still come */
    int depth;
} Reader;

int read_length(Reader *reader, uint64_t *length);
int read_count(Reader *reader, uint64_t *count);
PyObject *read_value(Reader *reader, int32_t wire, int32_t expected);
int skip_value(Reader *reader, int32_t wire);
PyObject *read_number(Reader *reader, int is_signed);
PyObject *make_principal(const Plan *plan, const unsigned char *raw, size_t size);
int set_principal_names(void);

/* principals.c: functions of the module */
PyObject *principal_text(PyObject *module, PyObject *bytes);
PyObject *principal_bytes(PyObject *module, PyObject *text);
PyObject *principal_of(PyObject *module, PyObject *const *arguments, Py_ssize_t given);

/* Bytes being written; they start in the caller's room and move to the heap when they become more. */
enum { WRITING_ROOM = 2048 };
typedef struct {
    unsigned char *start;
    unsigned char *pos;
    unsigned char *end;
    unsigned char *room;
} Writer;

void begin_writing(Writer *writer, unsigned char *room, size_t size);
void end_writing(Writer *writer);
int make_room(Writer *writer, size_t size);
int write_length(Writer *writer, uint64_t length);
int write_number(Writer *writer, PyObject *value, int is_signed);
int write_value(Writer *writer, const Plan *plan, int32_t ref, PyObject *value, int depth);

static inline int write_bytes(Writer *writer, const void *bytes, size_t size) {
    if ((size_t)(writer->end - writer->pos) < size && make_room(writer, size) < 0) return -1;
    memcpy(writer->pos, bytes, size);
    writer->pos += size;
    return 0;
}

static inline int write_byte(Writer *writer, int byte) {
    if (writer->pos == writer->end && make_room(writer, 1) < 0) return -1;
    *writer->pos++ = (unsigned char)byte;
    return 0;
}

/* wire_table.c */
int parse_header(Reader *reader, WireTable *table);
void free_wire_table(WireTable *table);
int own_table(WireTable *table, PyObject *entries, PyObject *roots);

/* nodes.c */
int set_nodes(Plan *plan, PyObject *described);
void free_nodes(Plan *plan);

/* plan.c; what is decoded goes into `values`, as many as the plan has roots. */
int plan_decode(const Plan *plan, const unsigned char *message, size_t size, PyObject **values);
int plan_encode(const Plan *plan, PyObject *const *values, Py_ssize_t given, Writer *writer);

PyObject *create_candid_plan(void);

#endif
