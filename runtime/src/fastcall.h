/* A function that takes its arguments as an array, as it stands in a table of methods. */
#ifndef VEX_FASTCALL_H
#define VEX_FASTCALL_H

#define FASTCALL(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL

#endif
