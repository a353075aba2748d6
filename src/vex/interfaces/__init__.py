"""The canisters' interfaces as they are checked in beside their source, parsed once."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from candid import decode, encode
from candid.did import parse
from candid.types import Func, Type, TypeEnv

__all__ = ["CanisterInterface", "MethodInterface", "interface"]


@dataclass(frozen=True, slots=True)
class MethodInterface:
    """One method: its types, and whether it is a query."""

    name: str
    arguments: tuple[Type, ...]
    results: tuple[Type, ...]
    is_query: bool
    env: TypeEnv

    def encode(self, *arguments: Any) -> bytes:
        """Candid of the arguments. Raises CandidError."""
        return encode(self.arguments, list(arguments), self.env)

    def decode(self, reply: bytes) -> Any:
        """The result: None for no results, the value for one, a list for several. Raises CandidError."""
        values = decode(self.results, reply, self.env)
        if len(values) > 1:
            return values
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class CanisterInterface:
    """All methods of a canister, and what its `init` takes."""

    methods: dict[str, MethodInterface]
    init: tuple[Type, ...]
    env: TypeEnv

    def encode_init(self, *arguments: Any) -> bytes:
        """Candid of the init arguments."""
        return encode(self.init, list(arguments), self.env)


@cache
def interface(canister: str) -> CanisterInterface:
    """The interface of `index`, `shard` or `users`."""
    return read_interface(files(__name__).joinpath(f"{canister}.did").read_text(encoding="utf-8"))


def read_interface(did: str) -> CanisterInterface:
    """Parse a Candid interface description."""
    parsed = parse(did)
    env = parsed.env
    methods = {}
    for name, declared in parsed.service.methods if parsed.service else ():
        function = declared if isinstance(declared, Func) else env[declared.name]
        if not isinstance(function, Func):
            raise TypeError(f"method {name} is not a function")
        is_query = "query" in function.modes or "composite_query" in function.modes
        methods[name] = MethodInterface(name, function.args, function.results, is_query, env)
    return CanisterInterface(methods, parsed.init or (), env)
