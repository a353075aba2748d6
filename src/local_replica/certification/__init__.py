"""State tree, hash trees, BLS signatures and certificates."""
