/* Entry points: numbered functions that the image builder exports under the names of the canister's methods. */
#include "method.h"

static PyObject *entries; /* what each exported function does: a tuple, or a function of the number */
static PyObject *callback_function;

void set_entry_points(PyObject *functions, PyObject *callback) {
    entries = Py_NewRef(functions);
    callback_function = Py_NewRef(callback);
}

static void finish(PyObject *result) {
    if (result == NULL) trap_with_exception();
    Py_DECREF(result);
    profile_end();
    log_flush();
}

static PyObject *enter(int number) {
    if (PyTuple_Check(entries)) return PyObject_CallNoArgs(PyTuple_GET_ITEM(entries, number));
    return PyObject_CallFunction(entries, "i", number);
}

static void dispatch(int number) {
    profile_begin();
    finish(enter(number));
}

void call_back(uint32_t environment, int outcome) {
    profile_begin();
    if (is_awaited(environment)) {
        finish(await_outcome(environment, outcome) < 0 ? NULL : Py_NewRef(Py_None));
        return;
    }
    PyObject *arguments[] = {PyLong_FromUnsignedLong(environment), PyLong_FromLong(outcome)};
    if (arguments[0] == NULL || arguments[1] == NULL) trap_with_exception();
    PyObject *result = PyObject_Vectorcall(callback_function, arguments, 2, NULL);
    Py_DECREF(arguments[0]);
    Py_DECREF(arguments[1]);
    finish(result);
}

/* entry_0 … entry_511. The counter starts at 0: nothing before this line uses it. */
#define TEXT_OF(number) #number
#define ENTRY(number) ENTRY_NUMBERED(number, entry_##number)
#define ENTRY_NUMBERED(number, name)                                               \
    __attribute__((export_name("entry_" TEXT_OF(number)))) void name(void) {       \
        dispatch(number);                                                          \
    }
#define NEXT_ENTRY(number) ENTRY(number)
#define ONE NEXT_ENTRY(__COUNTER__)
#define EIGHT ONE ONE ONE ONE ONE ONE ONE ONE
#define SIXTY_FOUR EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT
SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR
