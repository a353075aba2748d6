/* In the place of CPython's Python/frozen.c, deepfreeze.c and getpath.c: the modules that are there before the archive,
 * as marshalled bytecode that the image leaves out once they are imported, and no search for paths.
 *
 * CPython's own hold twenty modules as static objects, most of which no canister imports: 0.19 MB of a compressed module. */
#include <Python.h>

#include <internal/pycore_import.h>
#include <internal/pycore_initconfig.h>
#include <internal/pycore_pylifecycle.h>

#include "frozen.h"
#include "image.h"

static const struct _frozen none[] = {{NULL, NULL, 0, 0, NULL}};

const struct _frozen *_PyImport_FrozenBootstrap = modules;
const struct _frozen *_PyImport_FrozenStdlib = none;
const struct _frozen *_PyImport_FrozenTest = none;
const struct _frozen *PyImport_FrozenModules = NULL;
const struct _module_alias *_PyImport_FrozenAliases = aliases;

int _Py_Deepfreeze_Init(void) { return 0; }
void _Py_Deepfreeze_Fini(void) {}

/* image.c sets every path that CPython would look for. */
PyStatus _PyConfig_InitPathConfig(PyConfig *config, int compute) { return PyStatus_Ok(); }

void forget_frozen_modules(void) {
    for (struct _frozen *module = modules; module->name != NULL; module++) {
        memset((unsigned char *)module->code, 0, (size_t)module->size);
    }
    memset(modules, 0, sizeof modules);
}
