"""What the reader found in a canister's source: everything that the host, the builder and the `.did` need.

The builder writes it into the image as Python source, so every value here is immutable and has a faithful `repr`.
"""

from typing import Literal

from candid.structures import Structure
from candid.types import Type

MethodMode = Literal["query", "composite_query", "update"]
LifecycleHook = Literal["init", "post_upgrade", "pre_upgrade", "heartbeat", "inspect_message"]


class Parameter(Structure):
    """One argument of a method; names are kept for the `.did` and for keyword checks."""

    name: str
    type: Type


class Method(Structure):
    """An exported method. `result` is None for `void`; `manual` replies by itself; `guard` is a function's name."""

    name: str
    mode: MethodMode
    parameters: tuple[Parameter, ...]
    result: Type | None
    manual: bool = False
    guard: str | None = None


class Hook(Structure):
    """A lifecycle function: which, its function's name, its parameters (init and post_upgrade only)."""

    kind: LifecycleHook
    function: str
    parameters: tuple[Parameter, ...] = ()
    guard: str | None = None


class ServiceMethod(Structure):
    """A method of a `Service` class, for cross-canister calls."""

    name: str
    mode: MethodMode
    parameters: tuple[Parameter, ...]
    result: Type | None


class ServiceClass(Structure):
    """A `Service` subclass by name."""

    name: str
    methods: tuple[ServiceMethod, ...]


class StableMap(Structure):
    """A `StableBTreeMap` declaration; sizes in bytes of the Candid encoding, header included."""

    memory_id: int
    key: Type
    value: Type
    max_key_size: int
    max_value_size: int


class SourceModule(Structure):
    """A module of the bundle: dotted name, whether a package, path on the build machine."""

    name: str
    is_package: bool
    path: str


class CanisterModel(Structure):
    """One canister: `entry` is the entry module's name; `types` holds every named declaration (a `TypeEnv`)."""

    entry: str
    types: tuple[tuple[str, Type], ...]
    methods: tuple[Method, ...]
    hooks: tuple[Hook, ...]
    services: tuple[ServiceClass, ...]
    maps: tuple[StableMap, ...]
    guards: tuple[str, ...]
