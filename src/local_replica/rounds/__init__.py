"""Rounds: which canisters execute, in which order, and what each of them does in its turn."""
