/* Entry points: numbered functions that the image builder exports under the names of the canister's methods. */
#include "runtime.h"

static PyObject *dispatch_function;
static PyObject *callback_function;

void set_entry_points(PyObject *dispatch, PyObject *callback) {
    dispatch_function = Py_NewRef(dispatch);
    callback_function = Py_NewRef(callback);
}

static void finish(PyObject *result) {
    if (result == NULL) trap_with_exception();
    Py_DECREF(result);
    log_flush();
}

static void dispatch(int number) {
    PyObject *index = PyLong_FromLong(number);
    if (index == NULL) trap_with_exception();
    PyObject *result = PyObject_CallOneArg(dispatch_function, index);
    Py_DECREF(index);
    finish(result);
}

void call_back(uint32_t environment, int outcome) {
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
