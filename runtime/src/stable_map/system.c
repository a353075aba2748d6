/* Stable memory as the maps see it: the replica's. */
#include "ic0.h"
#include "stable_map/map.h"

static uint64_t address(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

int system_size(PyObject *source, uint64_t *pages) {
    *pages = ic0_stable64_size();
    return 0;
}

int system_grow(PyObject *source, uint64_t pages) {
    if (ic0_stable64_grow(pages) != UINT64_MAX) return 0;
    return fail(FULL, "stable memory does not grow by %llu pages", (unsigned long long)pages);
}

int system_read(PyObject *source, uint64_t offset, void *destination, size_t size) {
    ic0_stable64_read(address(destination), offset, size);
    return 0;
}

int system_write(PyObject *source, uint64_t offset, const void *bytes, size_t size) {
    ic0_stable64_write(offset, address(bytes), size);
    return 0;
}
