/* By what encoded keys compare: numbers of fixed width, texts, blobs and principals by their bytes, all else by what
 * a function of Python's makes of them (canister_runtime/stable/keys.py). */
#include "stable_map/map.h"

enum { KNOWN = 4096 };

static int damaged(void) { return fail(CORRUPTION, "a key is damaged"); }

static uint64_t unsigned_at(const uint8_t *bytes, uint32_t width) {
    uint64_t number = 0;
    memcpy(&number, bytes, width);
    return number;
}

/* The bytes behind a size in LEB128, which reach to the end of the key. */
static int counted(const Key *key, uint32_t at, const uint8_t **bytes, uint32_t *size) {
    uint64_t length = 0;
    for (uint32_t shift = 0; at < key->size && shift < 35; shift += 7) {
        uint8_t byte = key->bytes[at++];
        length |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *bytes = key->bytes + at;
            *size = key->size - at;
            return length == *size ? 0 : damaged();
        }
    }
    return damaged();
}

static int sign(int number) { return (number > 0) - (number < 0); }

static int compare_numbers(const Order *order, const Key *one, const Key *other, int *result) {
    uint32_t size = order->start + order->width;
    if (one->size != size || other->size != size) return damaged();
    uint64_t left = unsigned_at(one->bytes + order->start, order->width);
    uint64_t right = unsigned_at(other->bytes + order->start, order->width);
    if (order->kind == BY_SIGNED) {
        uint64_t negative = 1ull << (8 * order->width - 1);
        left ^= negative;
        right ^= negative;
    }
    *result = (left > right) - (left < right);
    return 0;
}

static int compare_bytes(const Order *order, const Key *one, const Key *other, int *result) {
    const uint8_t *left, *right;
    uint32_t left_size, right_size, start = order->start + order->width;
    if (one->size < start || other->size < start) return damaged();
    if (counted(one, start, &left, &left_size) < 0 || counted(other, start, &right, &right_size) < 0) return -1;
    if (order->kind == BY_PRINCIPAL && left_size != right_size) {
        *result = left_size < right_size ? -1 : 1;
        return 0;
    }
    int differ = memcmp(left, right, left_size < right_size ? left_size : right_size);
    *result = differ != 0 ? sign(differ) : (left_size > right_size) - (left_size < right_size);
    return 0;
}

static PyObject *call(const Order *order, PyObject *bytes) {
    PyObject *value = PyDict_GetItemWithError(order->known, bytes);
    if (value != NULL) return Py_NewRef(value);
    if (PyErr_Occurred()) return NULL;
    value = PyObject_CallOneArg(order->function, bytes);
    if (value == NULL) return NULL;
    if (PyDict_GET_SIZE(order->known) >= KNOWN) PyDict_Clear(order->known);
    if (PyDict_SetItem(order->known, bytes, value) < 0) Py_CLEAR(value);
    return value;
}

/* What an operation's own key compares by, where that is an object; it has to compare with itself (a NaN does not). */
int order_of_key(const Order *order, Key *key) {
    if (order->kind != BY_OBJECT || key->value != NULL) return 0;
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)key->bytes, key->size);
    if (bytes == NULL) return -1;
    key->value = call(order, bytes);
    Py_DECREF(bytes);
    return key->value == NULL ? -1 : 0;
}

static int compare_objects(const Order *order, const Key *one, Key *other, int *result) {
    if (order_of_key(order, other) < 0) return is_damage() ? damaged() : -1;
    int less = PyObject_RichCompareBool(one->value, other->value, Py_LT);
    int same = less < 0 ? -1 : PyObject_RichCompareBool(one->value, other->value, Py_EQ);
    *result = less > 0 ? -1 : same > 0 ? 0 : 1;
    if (less >= 0 && same >= 0) return 0;
    return is_damage() ? damaged() : -1;
}

/* `one` is an operation's key, `other` one that is stored; `result` is negative where `one` comes first. */
int order_compare(const Order *order, const Key *one, const Key *other, int *result) {
    if (order->kind == BY_UNSIGNED || order->kind == BY_SIGNED) return compare_numbers(order, one, other, result);
    if (order->kind != BY_OBJECT) return compare_bytes(order, one, other, result);
    Key stored = *other;
    int outcome = compare_objects(order, one, &stored, result);
    if (stored.value != other->value) Py_XDECREF(stored.value);
    return outcome;
}
