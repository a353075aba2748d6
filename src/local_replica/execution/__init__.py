"""Runs entry points of any IC module by wasmtime, as transactions."""

from local_replica.execution.executor import WasmtimeExecutor
from local_replica.execution.port import ExecutionError, ModuleRefused

__all__ = ["ExecutionError", "ModuleRefused", "WasmtimeExecutor"]
