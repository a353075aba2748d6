"""What install_code refuses of a module (minimal)."""


import wasmtime

from local_replica.execution.failures import invalid_module
from local_replica.execution.port import ExecutionError


class Validator:
    """Checks modules."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine

    def check(self, module: bytes) -> ExecutionError | None:
        """The first thing wrong with a module."""
        try:
            wasmtime.Module.validate(self._engine, module)
        except wasmtime.WasmtimeError as error:
            return invalid_module(
                f"Wasmtime failed to validate wasm module wasmtime::Module::validate() failed with {error}"
            )
        return None
