/* `_ic0`, which is SystemApi of canister_runtime/system_api.py, and `_runtime`, which is what the C side adds to it. */
#include "runtime.h"

static struct PyModuleDef ic0_definition = {PyModuleDef_HEAD_INIT, .m_name = "_ic0", .m_size = -1};
static struct PyModuleDef runtime_definition = {PyModuleDef_HEAD_INIT, .m_name = "_runtime", .m_size = -1};

static PyObject *create(struct PyModuleDef *definition, PyMethodDef *const *groups) {
    PyObject *module = PyModule_Create(definition);
    for (; module != NULL && *groups != NULL; groups++) {
        if (PyModule_AddFunctions(module, *groups) < 0) Py_CLEAR(module);
    }
    return module;
}

PyObject *create_ic0(void) {
    PyMethodDef *const groups[] = {message_methods, cycles_methods, canister_methods, call_methods,
                                   stable_methods,  random_methods, NULL};
    return create(&ic0_definition, groups);
}

PyObject *create_runtime(void) {
    PyMethodDef *const groups[] = {log_methods, profile_methods, await_methods, image_methods, NULL};
    PyObject *module = create(&runtime_definition, groups);
    if (module != NULL && PyModule_AddType(module, &MethodType) < 0) Py_CLEAR(module);
    return module;
}
