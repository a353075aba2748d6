/* CPython's `unicodedata` with a way to let its tables go: 0.4 MB of a compressed module, and most canisters ask neither
 * for a character's name nor for its other properties. */
#include "unicodedata.c"

#include "image.h"

typedef struct {
    const volatile void *start;
    size_t size;
} Table;

#define TABLE(name) {name, sizeof name}
static const Table names[] = {TABLE(lexicon),           TABLE(lexicon_offset), TABLE(phrasebook), TABLE(phrasebook_offset1),
                              TABLE(phrasebook_offset2), TABLE(code_hash)};
static const Table properties[] = {
    TABLE(index1),        TABLE(index2),     TABLE(decomp_data), TABLE(decomp_index1),       TABLE(decomp_index2),
    TABLE(comp_index),    TABLE(comp_data),  TABLE(nfc_first),   TABLE(changes_3_2_0_index), TABLE(changes_3_2_0_data),
    TABLE(change_records_3_2_0)};

/* volatile: to the compiler they are constants. */
static void clear(const Table *tables, size_t count) {
    for (size_t number = 0; number < count; number++) {
        volatile char *bytes = (volatile char *)tables[number].start;
        for (size_t at = 0; at < tables[number].size; at++) bytes[at] = 0;
    }
}

void characters_forget_names(void) { clear(names, Py_ARRAY_LENGTH(names)); }
void characters_forget_properties(void) { clear(properties, Py_ARRAY_LENGTH(properties)); }
