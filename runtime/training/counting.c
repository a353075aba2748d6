/* What clang's instrumentation (-fprofile-generate) asks of its run-time library, for modules that are only there to
 * count. Nothing is written out: `benchmarks.counters` finds the counters in the canister's memory by the mark.
 *
 * Counters of branches are clang's own. Here stand the counts of values: which function an indirect call reached, how
 * long a copied block was. */
#include <stdint.h>

enum { SLOTS = 1 << 16, TRIES = 256 };

typedef struct {
    uint64_t value, count;
    uint32_t function, site;
} Seen;

int __llvm_profile_runtime;
static Seen seen[SLOTS];

extern char __start___llvm_prf_data[], __stop___llvm_prf_data[], __start___llvm_prf_names[], __stop___llvm_prf_names[];

const struct {
    char mark[24];
    const void *places[6];
} counters_layout __attribute__((used)) = {
    "counters of the compiler",
    {__start___llvm_prf_data, __stop___llvm_prf_data, __start___llvm_prf_names, __stop___llvm_prf_names, seen,
     seen + SLOTS},
};

/* The linker gives the sections' bounds. */
void __llvm_profile_register_function(void *function) {}
void __llvm_profile_register_names_function(void *names, uint64_t size) {}

/* An open hash table; a value that finds no place within reach is not counted. */
void __llvm_profile_instrument_target(uint64_t value, void *function, uint32_t site) {
    uint32_t caller = (uint32_t)(uintptr_t)function;
    uint32_t at = caller * 31 + site * 7919 + (uint32_t)value * 2654435761u;
    for (int tries = 0; tries < TRIES; tries++, at++) {
        Seen *slot = &seen[at % SLOTS];
        if (slot->count == 0) *slot = (Seen){value, 0, caller, site};
        if (slot->value != value || slot->function != caller || slot->site != site) continue;
        slot->count++;
        return;
    }
}

/* LLVM counts lengths up to 8 and powers of two by themselves, those between as one more than the power below. */
static uint64_t representative(uint64_t length) {
    if (length <= 8) return length;
    if (length > 512) return 513;
    uint64_t power = 1ull << (63 - __builtin_clzll(length));
    return length == power ? length : power + 1;
}

void __llvm_profile_instrument_memop(uint64_t value, void *function, uint32_t site) {
    __llvm_profile_instrument_target(representative(value), function, site);
}
