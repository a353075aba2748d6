/* Making the image: what the builder calls, in a wasmtime of its own, before a canister exists.
 *
 * After `image_start` the builder asks for a buffer, puts an archive of modules into it and calls `image_compile` (which
 * leaves the bytecode of the modules that were really imported) or, in a fresh instance, `image_load` (after which the
 * memory is the canister's first state). From then on it refuses every function of ic0 but debug_print; where Python was
 * when that happened tells `image_where`. None of these exports are in the canister. */
#include "runtime.h"
#include "candid/candid.h"
#include "image.h"
#include <frameobject.h>

#define EXPORT(name) __attribute__((export_name(#name)))

static char *archive;
static size_t archive_size;
static PyObject *bytecode;

EXPORT(image_buffer) void *image_buffer(size_t size) {
    archive = malloc(size);
    archive_size = size;
    return archive;
}

EXPORT(image_bytecode) const void *image_bytecode(void) { return PyBytes_AS_STRING(bytecode); }
EXPORT(image_bytecode_size) size_t image_bytecode_size(void) { return (size_t)PyBytes_GET_SIZE(bytecode); }

static void must_succeed(PyStatus status) {
    if (!PyStatus_Exception(status)) return;
    if (status.err_msg != NULL) log_write(status.err_msg, strlen(status.err_msg));
    log_flush();
    __builtin_trap();
}

static void set_path(PyConfig *config, wchar_t **field, const wchar_t *path) {
    must_succeed(PyConfig_SetString(config, field, path));
}

/* Everything that would look for files is answered here, so that none is looked for. */
static void set_paths(PyConfig *config) {
    config->module_search_paths_set = 1;
    set_path(config, &config->prefix, L"/");
    set_path(config, &config->exec_prefix, L"/");
    set_path(config, &config->base_prefix, L"/");
    set_path(config, &config->base_exec_prefix, L"/");
    set_path(config, &config->executable, L"");
    set_path(config, &config->base_executable, L"");
    set_path(config, &config->stdlib_dir, L"/lib");
    set_path(config, &config->platlibdir, L"lib");
}

static void configure(PyConfig *config) {
    PyConfig_InitIsolatedConfig(config);
    config->use_hash_seed = 1; /* the same image from the same source; design.md, rule 8, says what follows from it */
    config->hash_seed = 0;
    config->site_import = 0;
    config->install_signal_handlers = 0;
    config->pathconfig_warnings = 0;
    config->write_bytecode = 0;
    config->configure_c_stdio = 0;
    config->code_debug_ranges = 0; /* a third of the bytecode is saved, the traceback keeps its lines */
    set_paths(config);
}

EXPORT(image_start) void image_start(void) {
    PyPreConfig pre;
    PyConfig config;
    PyPreConfig_InitIsolatedConfig(&pre);
    pre.utf8_mode = 1;
    must_succeed(Py_PreInitialize(&pre));
    PyImport_AppendInittab("_ic0", create_ic0);
    PyImport_AppendInittab("_runtime", create_runtime);
    PyImport_AppendInittab("_candid_plan", create_candid_plan);
    PyImport_AppendInittab("_stable_map", PyInit__stable_map);
    PyImport_AppendInittab("_merkle", PyInit__merkle);
    PyImport_AppendInittab("_digests", PyInit__digests);
    PyImport_AppendInittab("_texts", PyInit__texts);
    PyImport_AppendInittab("_numbered_parts", PyInit__numbered_parts);
    PyImport_AppendInittab("_value_hash", PyInit__value_hash);
    configure(&config);
    must_succeed(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    /* It reads the clock when first imported. */
    if (PyImport_ImportModule("time") == NULL) trap_with_exception();
}

/* The result of `function(archive)` in the frozen module `_archive`, which reports exceptions by itself. */
static PyObject *call_with_archive(const char *function) {
    PyObject *content = PyBytes_FromStringAndSize(archive, (Py_ssize_t)archive_size);
    memset(archive, 0, archive_size); /* what is freed stays in the image, and zeros cost nothing there */
    free(archive);
    PyObject *module = PyImport_ImportModule("_archive");
    if (module == NULL) trap_with_exception();
    PyObject *result = PyObject_CallMethod(module, function, "N", content);
    if (result == NULL) trap_with_exception();
    Py_DECREF(module);
    return result;
}

EXPORT(image_compile) void image_compile(void) { bytecode = call_with_archive("compile_needed"); }

EXPORT(image_load) void image_load(void) {
    PyObject *entry_points = call_with_archive("load");
    set_entry_points(PyTuple_GET_ITEM(entry_points, 0), PyTuple_GET_ITEM(entry_points, 1));
    Py_DECREF(entry_points);
    forget_frozen_modules();
    sort_heads();
    sweep_free_memory();
    fold_heads();
}

/* Of the tables on characters nothing, or nothing but the properties, is kept. */
static PyObject *forget_characters(PyObject *module, PyObject *keeps_properties) {
    characters_forget_names();
    if (!PyObject_IsTrue(keeps_properties)) characters_forget_properties();
    Py_RETURN_NONE;
}

static PyObject *forget_what_is_said_of(PyObject *module, PyObject *object) {
    forget_documentation(object);
    Py_RETURN_NONE;
}

PyMethodDef image_methods[] = {
    {"forget_characters", forget_characters, METH_O, NULL},
    {"forget_documentation", forget_what_is_said_of, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* Logs "file<tab>line<tab>function" of every Python frame, innermost first. */
EXPORT(image_where) void image_where(void) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    while (frame != NULL) {
        char text[512];
        PyCodeObject *code = PyFrame_GetCode(frame);
        snprintf(text, sizeof text, "%s\t%d\t%s\n", PyUnicode_AsUTF8(code->co_filename),
                 PyFrame_GetLineNumber(frame), PyUnicode_AsUTF8(code->co_name));
        log_write(text, strlen(text));
        frame = PyFrame_GetBack(frame);
    }
}
