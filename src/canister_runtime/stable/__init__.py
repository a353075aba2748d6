"""Stable structures in the byte layout of ic-stable-structures 0.5.6, which Kybra's Rust library writes."""

from canister_runtime.stable.btree import BTreeMap
from canister_runtime.stable.errors import (
    KeyNotOrdered,
    KeyTooLarge,
    StableCorruption,
    StableFull,
    StableMemoryError,
    ValueTooLarge,
)
from canister_runtime.stable.keys import order_of
from canister_runtime.stable.memory import MemoryManager, StableMemory, VirtualMemory
from canister_runtime.stable.typed import CandidCodec, MapCodec, TypedMap

__all__ = [
    "BTreeMap",
    "CandidCodec",
    "KeyNotOrdered",
    "KeyTooLarge",
    "MapCodec",
    "MemoryManager",
    "StableCorruption",
    "StableFull",
    "StableMemory",
    "StableMemoryError",
    "TypedMap",
    "ValueTooLarge",
    "VirtualMemory",
    "order_of",
]
