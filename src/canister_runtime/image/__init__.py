"""Turns a canister's source into a WebAssembly module: runs its imports once and keeps the memory."""
