/* What the image leaves out of `unicodedata` (characters.c). */
#ifndef VEX_CHARACTERS_H
#define VEX_CHARACTERS_H

void characters_forget_names(void);
void characters_forget_properties(void);

#endif
