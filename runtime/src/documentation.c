/* Documentation of what is written in C, let go where nothing in a canister reads `__doc__`: 0.1 MB of a compressed module.
 * The first lines that tell a signature stay (`inspect.signature` reads them). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "image.h"

/* What is shorter may be one string with a name or a message of the same file: the compiler keeps equal ones once. */
enum { SHORTEST = 24 };

static const char end_of_signature[] = "\n--\n\n";

/* volatile: to the compiler the text is a constant. */
static void clear(const char *text) {
    if (text == NULL || strlen(text) < SHORTEST || strchr(text, ' ') == NULL) return;
    const char *signature = strstr(text, end_of_signature);
    volatile char *rest = (volatile char *)(signature == NULL ? text : signature + strlen(end_of_signature));
    while (*rest != 0) *rest++ = 0;
}

/* Of an attribute, whose text has no signature in front. */
static void forget(const char **text) {
    clear(*text);
    *text = NULL;
}

static void clear_type(PyTypeObject *type) {
    clear(type->tp_doc);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) return;
    PyObject *text = PyDict_GetItemString(type->tp_dict, "__doc__");
    if (text == NULL || !PyUnicode_Check(text)) return;
    PyDict_SetItemString(type->tp_dict, "__doc__", Py_None);
    PyType_Modified(type);
}

void forget_documentation(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    if (PyType_Check(object)) clear_type((PyTypeObject *)object);
    if (PyCFunction_Check(object)) clear(((PyCFunctionObject *)object)->m_ml->ml_doc);
    if (type == &PyMethodDescr_Type || type == &PyClassMethodDescr_Type) {
        clear(((PyMethodDescrObject *)object)->d_method->ml_doc);
    }
    if (type == &PyGetSetDescr_Type) forget(&((PyGetSetDescrObject *)object)->d_getset->doc);
    if (type == &PyMemberDescr_Type) forget(&((PyMemberDescrObject *)object)->d_member->doc);
    if (type == &PyWrapperDescr_Type) clear(((PyWrapperDescrObject *)object)->d_base->doc);
}
