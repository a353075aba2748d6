/* The garbage collector's heads in the image: each frozen object has two addresses before it, its neighbours in a list.
 * They compress badly (0.2 MB), distances between objects in the order of their addresses well. So the list is sorted and
 * folded, and the module's start function unfolds it: 10 instructions for each object, at install and upgrade. */
#include <stdlib.h>

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>

#include "image.h"

static PyGC_Head *permanent(void) { return &_PyInterpreterState_GET()->gc.permanent_generation.head; }

static void join(PyGC_Head *head, PyGC_Head *next) {
    _PyGCHead_SET_NEXT(head, next);
    _PyGCHead_SET_PREV(next, head);
}

static int by_address(const void *one, const void *other) {
    uintptr_t left = *(const uintptr_t *)one, right = *(const uintptr_t *)other;
    return (left > right) - (left < right);
}

void sort_heads(void) {
    PyGC_Head *list = permanent();
    size_t count = 0;
    for (PyGC_Head *head = _PyGCHead_NEXT(list); head != list; head = _PyGCHead_NEXT(head)) count++;
    PyGC_Head **heads = malloc(count * sizeof *heads);
    if (heads == NULL) return;
    PyGC_Head *head = list;
    for (size_t i = 0; i < count; i++) heads[i] = head = _PyGCHead_NEXT(head);
    qsort(heads, count, sizeof *heads, by_address);
    head = list;
    for (size_t i = 0; i < count; i++) {
        join(head, heads[i]);
        head = heads[i];
    }
    join(head, list);
    free(heads);
}

/* After this nothing of Python may run before `image_unfold`: next is a distance, 0 in the last one, and prev is flags. */
void fold_heads(void) {
    PyGC_Head *list = permanent(), *next;
    for (PyGC_Head *head = _PyGCHead_NEXT(list); head != list; head = next) {
        next = _PyGCHead_NEXT(head);
        head->_gc_next = next == list ? 0 : (uintptr_t)next - (uintptr_t)head;
        head->_gc_prev &= ~_PyGC_PREV_MASK;
    }
}

__attribute__((export_name("image_unfold"))) void image_unfold(void) {
    PyGC_Head *list = permanent(), *before = list;
    for (PyGC_Head *head = _PyGCHead_NEXT(list); head != list; before = head, head = _PyGCHead_NEXT(head)) {
        head->_gc_prev |= (uintptr_t)before;
        head->_gc_next = head->_gc_next == 0 ? (uintptr_t)list : (uintptr_t)head + head->_gc_next;
    }
}
