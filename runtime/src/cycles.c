/* Cycles: amounts of 128 bits, which Python sees as int. */
#include "runtime.h"

static PyObject *msg_cycles_available128(PyObject *module, PyObject *unused) {
    uint64_t words[2];
    ic0_msg_cycles_available128(words);
    return amount_from_words(words);
}

static PyObject *msg_cycles_refunded128(PyObject *module, PyObject *unused) {
    uint64_t words[2];
    ic0_msg_cycles_refunded128(words);
    return amount_from_words(words);
}

static PyObject *msg_cycles_accept128(PyObject *module, PyObject *max_amount) {
    uint64_t words[2];
    if (amount_to_words(max_amount, words) < 0) return NULL;
    ic0_msg_cycles_accept128(words[1], words[0], words);
    return amount_from_words(words);
}

static PyObject *canister_cycle_balance128(PyObject *module, PyObject *unused) {
    uint64_t words[2];
    ic0_canister_cycle_balance128(words);
    return amount_from_words(words);
}

static PyObject *cycles_burn128(PyObject *module, PyObject *amount) {
    uint64_t words[2];
    if (amount_to_words(amount, words) < 0) return NULL;
    ic0_cycles_burn128(words[1], words[0], words);
    return amount_from_words(words);
}

PyMethodDef cycles_methods[] = {
    {"msg_cycles_available128", msg_cycles_available128, METH_NOARGS, NULL},
    {"msg_cycles_refunded128", msg_cycles_refunded128, METH_NOARGS, NULL},
    {"msg_cycles_accept128", msg_cycles_accept128, METH_O, NULL},
    {"canister_cycle_balance128", canister_cycle_balance128, METH_NOARGS, NULL},
    {"cycles_burn128", cycles_burn128, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
