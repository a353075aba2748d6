/* `_texts`: what texts are looked through for (vex_domain/text_rules.py has the same in Python). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fastcall.h"

static const uint64_t ones = 0x0101010101010101, highest = 0x8080808080808080;

/* Whether one of eight bytes is below a space, 0x7f or beyond ASCII. */
static int is_unusual(const char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    const uint64_t delete = word ^ 0x7f * ones;
    return ((((word - ' ' * ones) & ~word) | ((delete - ones) & ~delete) | word) & highest) != 0;
}

static int is_control(Py_UCS4 character, int of_lines) {
    if (of_lines && (character == '\t' || character == '\n' || character == '\r')) return 0;
    return character < ' ' || (character >= 0x7f && character < 0xa0);
}

/* has_control(text, of_lines): whether there is a control character; with `of_lines` three that end lines are none. */
static PyObject *has_control(PyObject *module, PyObject *const *arguments, Py_ssize_t given) {
    if (given != 2 || !PyUnicode_Check(arguments[0]) || !PyBool_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "has_control() takes a text and a bool");
        return NULL;
    }
    PyObject *text = arguments[0];
    if (PyUnicode_READY(text) < 0) return NULL;
    const int kind = PyUnicode_KIND(text), of_lines = arguments[1] == Py_True;
    const void *content = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t at = 0; at < length;) {
        if (kind == PyUnicode_1BYTE_KIND && length - at >= 8 && !is_unusual((const char *)content + at)) {
            at += 8;
            continue;
        }
        Py_ssize_t end = length - at < 8 ? length : at + 8;
        for (; at < end; at++) {
            if (is_control(PyUnicode_READ(kind, content, at), of_lines)) Py_RETURN_TRUE;
        }
    }
    Py_RETURN_FALSE;
}

static PyMethodDef methods[] = {
    {"has_control", FASTCALL(has_control), "Whether a text has a control character; True: other than those of lines."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_texts", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__texts(void) { return PyModule_Create(&definition); }
