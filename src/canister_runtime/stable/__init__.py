"""Stable structures in the byte layout of ic-stable-structures 0.5 (memory manager, B-tree map)."""
