"""A canister's module in wasmtime with the least of a replica around it: one message at a time, no rollback."""

from dataclasses import dataclass, field
from typing import Any

import wasmtime

FUEL = 10**12
WASM_STACK = 2 << 20


class Trapped(Exception):
    """The module called ic0.trap, or trapped."""


@dataclass(slots=True)
class Message:
    """What the system API tells, and what the module did."""

    argument: bytes = b"DIDL\0\0"
    caller: bytes = b"\x04"
    now: int = 1_700_000_000_000_000_000
    reply: bytes = b""
    replied: bool = False
    rejected: str | None = None
    instructions: int = 0
    log: list[str] = field(default_factory=list)


class BareCanister:
    """An instance. `call` runs an export by name and answers what happened."""

    def __init__(self, module: bytes) -> None:
        config = wasmtime.Config()
        config.consume_fuel = True
        config.cache = True
        config.max_wasm_stack = WASM_STACK
        engine = wasmtime.Engine(config)
        compiled = wasmtime.Module(engine, module)
        self.message = Message()
        self.stable = bytearray()
        self._imports = {wanted.module for wanted in compiled.imports}
        self._store = wasmtime.Store(engine)
        self._store.set_fuel(FUEL)
        linker = wasmtime.Linker(engine)
        for wanted in compiled.imports:
            function = getattr(self, f"_{wanted.name}", None) or self._unexpected(str(wanted.name))
            linker.define_func("ic0", str(wanted.name), wanted.type, function)
        self._exports: Any = linker.instantiate(self._store, compiled).exports(self._store)

    def imports(self) -> set[str]:
        """Names of the modules that it imports from."""
        return self._imports

    def exports(self) -> list[str]:
        """Names of the module's exports."""
        return list(self._exports)

    def call(self, export: str, **message: Any) -> Message:
        """Run an export. Raises Trapped."""
        self.message = Message(**message)
        self._store.set_fuel(FUEL)
        try:
            self._exports[export](self._store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as trap:
            raise Trapped(str(trap)) from trap
        finally:
            self.message.instructions = FUEL - self._store.get_fuel()
        return self.message

    def _read(self, address: int, size: int) -> bytes:
        return bytes(self._exports["memory"].read(self._store, address, address + size))

    def _write(self, content: bytes, address: int) -> None:
        self._exports["memory"].write(self._store, content, address)

    def _unexpected(self, name: str) -> Any:
        def refuse(*_arguments: int) -> None:
            raise Trapped(f"ic0.{name} is not offered here")

        return refuse

    def _msg_arg_data_size(self) -> int:
        return len(self.message.argument)

    def _msg_arg_data_copy(self, to: int, offset: int, size: int) -> None:
        self._write(self.message.argument[offset : offset + size], to)

    def _msg_caller_size(self) -> int:
        return len(self.message.caller)

    def _msg_caller_copy(self, to: int, offset: int, size: int) -> None:
        self._write(self.message.caller[offset : offset + size], to)

    def _msg_reply_data_append(self, address: int, size: int) -> None:
        self.message.reply += self._read(address, size)

    def _msg_reply(self) -> None:
        self.message.replied = True

    def _msg_reject(self, address: int, size: int) -> None:
        self.message.rejected = self._read(address, size).decode()

    def _time(self) -> int:
        return self.message.now

    def _debug_print(self, address: int, size: int) -> None:
        self.message.log.append(self._read(address, size).decode())

    def _trap(self, address: int, size: int) -> None:
        raise Trapped(self._read(address, size).decode())

    def _performance_counter(self, _kind: int) -> int:
        return FUEL - int(self._store.get_fuel())

    def _global_timer_set(self, _timestamp: int) -> int:
        return 0

    def _in_replicated_execution(self) -> int:
        return 1

    def _canister_version(self) -> int:
        return 1

    def _stable64_size(self) -> int:
        return len(self.stable) >> 16

    def _stable64_grow(self, pages: int) -> int:
        before = self._stable64_size()
        self.stable += bytes(pages << 16)
        return before

    def _stable64_read(self, to: int, offset: int, size: int) -> None:
        self._write(bytes(self.stable[offset : offset + size]), to)

    def _stable64_write(self, offset: int, address: int, size: int) -> None:
        self.stable[offset : offset + size] = self._read(address, size)
