"""Builds the module: runs the imports once in wasmtime and writes the heap as data segments."""
