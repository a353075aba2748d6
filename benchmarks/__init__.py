"""Benchmarks: what canisters cost in instructions, and how fast the replica is. `scripts/bench` runs them."""
