/* Principals: instances of the canister's class, and their text (interface specification, "Principals"). */
#include "candid/candid.h"

enum { CHECKSUM = 4, LONGEST_BASE32 = ((LONGEST_PRINCIPAL + CHECKSUM) * 8 + 4) / 5, GROUP = 5 };
enum { LONGEST_TEXT = LONGEST_BASE32 + (LONGEST_BASE32 - 1) / GROUP };

static PyObject *attribute_names[4];

int set_principal_names(void) {
    static const char *const names[] = {"_len", "_bytes", "hex", "_isPrincipal"};
    for (int i = 0; i < 4; i++) {
        if (attribute_names[i] == NULL) attribute_names[i] = PyUnicode_InternFromString(names[i]);
        if (attribute_names[i] == NULL) return -1;
    }
    return 0;
}

static PyObject *upper_hex(const unsigned char *raw, size_t size) {
    PyObject *text = PyUnicode_New((Py_ssize_t)(2 * size), 127);
    if (text == NULL) return NULL;
    Py_UCS1 *digits = size ? PyUnicode_1BYTE_DATA(text) : NULL;
    for (size_t i = 0; i < size; i++) {
        digits[2 * i] = (Py_UCS1)"0123456789ABCDEF"[raw[i] >> 4];
        digits[2 * i + 1] = (Py_UCS1)"0123456789ABCDEF"[raw[i] & 15];
    }
    return text;
}

static int set_attributes(PyObject *principal, PyObject *bytes) {
    size_t size = (size_t)PyBytes_GET_SIZE(bytes);
    PyObject *values[] = {PyLong_FromSize_t(size), Py_NewRef(bytes),
                          upper_hex((const unsigned char *)PyBytes_AS_STRING(bytes), size), Py_NewRef(Py_True)};
    int failed = 0;
    for (int i = 0; i < 4; i++) {
        if (!failed) failed = values[i] == NULL || PyObject_GenericSetAttr(principal, attribute_names[i], values[i]) < 0;
        Py_XDECREF(values[i]);
    }
    return failed ? -1 : 0;
}

/* What kybra's Principal(bytes) makes, without a call of Python code. */
static PyObject *plain_principal(PyTypeObject *class, PyObject *bytes) {
    PyObject *nothing = PyTuple_New(0);
    if (nothing == NULL) return NULL;
    PyObject *principal = PyBaseObject_Type.tp_new(class, nothing, NULL);
    Py_DECREF(nothing);
    if (principal != NULL && set_attributes(principal, bytes) < 0) Py_CLEAR(principal);
    return principal;
}

/* An instance of the canister's Principal class. */
PyObject *make_principal(const Plan *plan, const unsigned char *raw, size_t size) {
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)raw, (Py_ssize_t)size);
    if (bytes == NULL) return NULL;
    PyObject *principal = plan->plain_principals ? plain_principal((PyTypeObject *)plan->principal_class, bytes)
                                                 : PyObject_CallOneArg(plan->principal_class, bytes);
    Py_DECREF(bytes);
    return principal;
}

static uint32_t crc32_of(const unsigned char *bytes, size_t size) {
    static uint32_t table[16];
    if (table[1] == 0) {
        for (uint32_t nibble = 0; nibble < 16; nibble++) {
            uint32_t value = nibble;
            for (int bit = 0; bit < 4; bit++) value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
            table[nibble] = value;
        }
    }
    uint32_t sum = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        sum = sum >> 4 ^ table[sum & 15];
        sum = sum >> 4 ^ table[sum & 15];
    }
    return ~sum;
}

/* The text of at most 29 bytes; returns its length. */
static size_t text_of(const unsigned char *raw, size_t size, unsigned char text[LONGEST_TEXT]) {
    unsigned char checked[CHECKSUM + LONGEST_PRINCIPAL];
    uint32_t sum = crc32_of(raw, size);
    for (int i = 0; i < CHECKSUM; i++) checked[i] = (unsigned char)(sum >> (24 - 8 * i));
    memcpy(checked + CHECKSUM, raw, size);
    size_t bits = 8 * (CHECKSUM + size), length = 0;
    for (size_t bit = 0; bit < bits; bit += 5) {
        if (bit > 0 && bit % (5 * GROUP) == 0) text[length++] = '-';
        size_t at = bit >> 3;
        unsigned pair = (unsigned)checked[at] << 8 | (at + 1 < CHECKSUM + size ? checked[at + 1] : 0);
        text[length++] = (unsigned char)"abcdefghijklmnopqrstuvwxyz234567"[pair >> (11 - (bit & 7)) & 31];
    }
    return length;
}

/* principal_text(bytes) -> str; None for what is no principal's bytes. */
PyObject *principal_text(PyObject *module, PyObject *bytes) {
    unsigned char text[LONGEST_TEXT];
    if (!PyBytes_CheckExact(bytes) || PyBytes_GET_SIZE(bytes) > LONGEST_PRINCIPAL) Py_RETURN_NONE;
    size_t length = text_of((const unsigned char *)PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), text);
    PyObject *made = PyUnicode_New((Py_ssize_t)length, 127);
    if (made != NULL) memcpy(PyUnicode_1BYTE_DATA(made), text, length);
    return made;
}

/* The bytes behind a text, checksum and all; -1 for a letter that does not occur. */
static int bytes_behind(const Py_UCS1 *text, size_t length, unsigned char *checked) {
    uint32_t bits = 0;
    int count = 0, size = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' : text[i] >= '2' && text[i] <= '7' ? text[i] - 24 : -1;
        if (text[i] == '-') continue;
        if (digit < 0) return -1;
        bits = bits << 5 | (uint32_t)digit;
        count += 5;
        if (count >= 8) {
            count -= 8;
            checked[size++] = (unsigned char)(bits >> count);
        }
    }
    return size;
}

/* principal_bytes(text) -> bytes; None unless it is exactly the text of a principal. */
PyObject *principal_bytes(PyObject *module, PyObject *text) {
    unsigned char checked[LONGEST_TEXT], again[LONGEST_TEXT];
    if (!PyUnicode_CheckExact(text) || PyUnicode_READY(text) < 0 || !PyUnicode_IS_ASCII(text)) Py_RETURN_NONE;
    size_t length = (size_t)PyUnicode_GET_LENGTH(text);
    if (length > LONGEST_TEXT) Py_RETURN_NONE;
    int size = bytes_behind(PyUnicode_1BYTE_DATA(text), length, checked) - CHECKSUM;
    if (size < 0 || size > LONGEST_PRINCIPAL) Py_RETURN_NONE;
    if (text_of(checked + CHECKSUM, (size_t)size, again) != length) Py_RETURN_NONE;
    if (memcmp(again, PyUnicode_1BYTE_DATA(text), length) != 0) Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((const char *)checked + CHECKSUM, size);
}

/* principal(class, bytes) -> an instance of a class that is_plain (host/plans.py) holds for */
PyObject *principal_of(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 2 || !PyType_Check(arguments[0]) || !PyBytes_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "principal(class, bytes)");
        return NULL;
    }
    return set_principal_names() < 0 ? NULL : plain_principal((PyTypeObject *)arguments[0], arguments[1]);
}
