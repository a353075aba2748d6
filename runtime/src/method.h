/* An exported function, and the generators that wait for other canisters on its behalf. */
#ifndef VEX_METHOD_H
#define VEX_METHOD_H
#include "runtime.h"
#include "candid/candid.h"

typedef struct {
    PyObject_HEAD
    PyObject *function;
    Plan *arguments;
    Plan *result;         /* NULL: void, or the function replies by itself */
    int replies;          /* whether the method's return value is its reply */
    PyObject *otherwise;  /* () -> None: all of it in Python */
    PyObject *finish;     /* (value) -> None: replies in Python, or refuses the value */
    PyObject *drive;      /* (generator, finish) -> None */
} Method;

/* Replies with a final value; gives None, or NULL with an exception. */
PyObject *method_finish(const Method *method, PyObject *value);

/* A call as call_new takes it. */
typedef struct {
    const void *callee;
    size_t callee_size;
    const char *method;
    size_t method_size;
    const void *argument;
    size_t argument_size;
} OutgoingCall;

/* calls.c: call_perform's code. */
int perform_call(const OutgoingCall *call, uint32_t environment);

/* awaiting.c; these give -1 with an exception. */
int awaits_ready(void);
int await_generator(PyObject *generator, PyObject *finish);
int is_awaited(uint32_t environment);
int await_outcome(uint32_t environment, int outcome);

#endif
