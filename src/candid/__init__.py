"""Candid: types, binary codec, interface descriptions and text form (Candid specification 0.1.x)."""
