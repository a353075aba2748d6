/* LEB128 and Python's integers. */
#include "candid/candid.h"

enum { LONGEST_LEB = 74 }; /* groups of seven bits, 512 bits and a sign; longer numbers are the Python codec's */

int read_length(Reader *reader, uint64_t *length) {
    uint64_t number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        if (reader->pos == reader->end) return -1;
        unsigned char byte = *reader->pos++;
        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *length = number;
            return 0;
        }
    }
    return -1;
}

/* The members of a vec: as many as there are bytes, or so few that members without bytes do no harm. */
int read_count(Reader *reader, uint64_t *count) {
    if (read_length(reader, count) < 0) return -1;
    return *count <= (uint64_t)(reader->end - reader->pos) || *count <= SHORT_VEC ? 0 : -1;
}

static PyObject *small_number(const unsigned char *groups, int count, int is_signed) {
    uint64_t number = 0;
    for (int i = 0; i < count; i++) number |= (uint64_t)(groups[i] & 127) << (7 * i);
    if (!is_signed) return PyLong_FromUnsignedLongLong(number);
    if (groups[count - 1] & 64) number |= ~(uint64_t)0 << (7 * count);
    return PyLong_FromLongLong((int64_t)number);
}

/* A number of any size, unsigned or signed. */
PyObject *read_number(Reader *reader, int is_signed) {
    const unsigned char *groups = reader->pos;
    int count = 0;
    do {
        if (groups + count == reader->end || count == LONGEST_LEB) return NULL;
    } while (groups[count++] > 127);
    reader->pos += count;
    if (count < 10) return small_number(groups, count, is_signed);
    unsigned char raw[LONGEST_LEB + 1] = {0};
    for (int i = 0; i < count; i++) {
        int bit = 7 * i;
        unsigned part = (unsigned)(groups[i] & 127) << (bit & 7);
        raw[bit >> 3] |= (unsigned char)part;
        raw[(bit >> 3) + 1] |= (unsigned char)(part >> 8);
    }
    size_t size = (size_t)(7 * count + 7) / 8;
    int spare = (int)(8 * size) - 7 * count;
    int negative = is_signed && (groups[count - 1] & 64);
    if (negative && spare > 0) raw[size - 1] |= (unsigned char)(0xff << (8 - spare));
    return _PyLong_FromByteArray(raw, size, 1, negative);
}

int write_length(Writer *writer, uint64_t length) {
    if ((size_t)(writer->end - writer->pos) < 10 && make_room(writer, 10) < 0) return -1;
    unsigned char *pos = writer->pos;
    while (length > 127) {
        *pos++ = (unsigned char)(length | 128);
        length >>= 7;
    }
    *pos++ = (unsigned char)length;
    writer->pos = pos;
    return 0;
}

static int write_signed(Writer *writer, int64_t number) {
    if (make_room(writer, 10) < 0) return -1;
    for (;;) {
        unsigned char group = number & 127;
        number >>= 7; /* arithmetic in every compiler that builds this */
        int last = (number == 0 && !(group & 64)) || (number == -1 && (group & 64));
        *writer->pos++ = last ? group : group | 128;
        if (last) return 0;
    }
}

static int write_large(Writer *writer, PyObject *value, int is_signed) {
    unsigned char raw[LONGEST_LEB + 1], groups[LONGEST_LEB];
    if (_PyLong_AsByteArray((PyLongObject *)value, raw, 64, 1, is_signed) < 0) {
        PyErr_Clear();
        return -1;
    }
    int fill = is_signed && raw[63] & 128 ? 127 : 0;
    memset(raw + 64, fill ? 255 : 0, sizeof raw - 64);
    for (int i = 0; i < LONGEST_LEB; i++) {
        int bit = 7 * i;
        groups[i] = (raw[bit >> 3] | (unsigned)raw[(bit >> 3) + 1] << 8) >> (bit & 7) & 127;
    }
    int count = LONGEST_LEB;
    while (groups[count - 1] == fill && (!is_signed || (groups[count - 2] & 64) == (fill & 64))) count--;
    for (int i = 0; i < count - 1; i++) groups[i] |= 128;
    return write_bytes(writer, groups, (size_t)count);
}

/* `nat` or `int`; bool passes for a number, as everywhere in Kybra. */
int write_number(Writer *writer, PyObject *value, int is_signed) {
    int overflow;
    if (!PyLong_CheckExact(value) && !PyBool_Check(value)) return -1;
    int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (!is_signed && (overflow < 0 || number < 0) && overflow <= 0) return -1;
    if (overflow) return write_large(writer, value, is_signed);
    return is_signed ? write_signed(writer, number) : write_length(writer, (uint64_t)number);
}
