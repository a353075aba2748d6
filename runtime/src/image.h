/* The steps by which a memory becomes a small image, by file; image.c takes them in their order. */
#ifndef VEX_IMAGE_H
#define VEX_IMAGE_H

/* characters.c */
void characters_forget_names(void);
void characters_forget_properties(void);

/* documentation.c */
void forget_documentation(PyObject *object);

/* frozen.c */
void forget_frozen_modules(void);

/* heads.c */
void sort_heads(void);
void fold_heads(void);

/* sweep.c */
void sweep_free_memory(void);

#endif
