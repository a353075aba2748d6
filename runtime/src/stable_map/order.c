/* By what encoded keys compare: numbers of fixed width, texts, blobs and principals by their bytes, all else by what
 * a function of Python's makes of them (canister_runtime/stable/keys.py). */
#include "stable_map/map.h"

enum { KNOWN = 4096 };

static int damaged(void) { return fail(CORRUPTION, "a key is damaged"); }

static uint64_t unsigned_at(const uint8_t *bytes, uint32_t width) {
    uint64_t number = 0;
    if (width == 8) {
        memcpy(&number, bytes, 8);
    } else if (width == 4) {
        memcpy(&number, bytes, 4);
    } else if (width == 2) {
        memcpy(&number, bytes, 2);
    } else {
        number = bytes[0];
    }
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

static int read_number(const Order *order, Key *key) {
    if (key->size != order->start + order->width) return damaged();
    key->number = unsigned_at(key->bytes + order->start, order->width);
    if (order->kind == BY_SIGNED) key->number ^= 1ull << (8 * order->width - 1);
    return 0;
}

static int read_content(const Order *order, Key *key) {
    uint32_t start = order->start + order->width;
    return key->size < start ? damaged() : counted(key, start, &key->content, &key->content_size);
}

static int compare_content(const Order *order, const Key *one, const Key *other) {
    uint32_t left = one->content_size, right = other->content_size;
    if (order->kind == BY_PRINCIPAL && left != right) return left < right ? -1 : 1;
    int differ = memcmp(one->content, other->content, left < right ? left : right);
    return differ != 0 ? sign(differ) : (left > right) - (left < right);
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

static int read_object(const Order *order, Key *key) {
    if (key->value != NULL) return 0;
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)key->bytes, key->size);
    if (bytes == NULL) return -1;
    key->value = call(order, bytes);
    Py_DECREF(bytes);
    return key->value == NULL ? -1 : 0;
}

/* What a key compares by; an object stays the key's. A stored key may be damaged. */
int order_read(const Order *order, Key *key) {
    if (order->kind == BY_UNSIGNED || order->kind == BY_SIGNED) return read_number(order, key);
    return order->kind == BY_OBJECT ? read_object(order, key) : read_content(order, key);
}

int order_read_stored(const Order *order, Key *key) {
    if (order_read(order, key) == 0) return 0;
    return is_damage() ? damaged() : -1;
}

static int compare_objects(const Key *one, const Key *other, int *result) {
    int less = PyObject_RichCompareBool(one->value, other->value, Py_LT);
    int same = less < 0 ? -1 : PyObject_RichCompareBool(one->value, other->value, Py_EQ);
    *result = less > 0 ? -1 : same > 0 ? 0 : 1;
    if (less >= 0 && same >= 0) return 0;
    return is_damage() ? damaged() : -1;
}

/* `one` is an operation's key, `other` one that is stored; `result` is negative where `one` comes first. */
int order_compare(const Order *order, const Key *one, const Key *other, int *result) {
    if (order->kind == BY_OBJECT) return compare_objects(one, other, result);
    if (order->kind == BY_UNSIGNED || order->kind == BY_SIGNED) {
        *result = (one->number > other->number) - (one->number < other->number);
    } else {
        *result = compare_content(order, one, other);
    }
    return 0;
}
