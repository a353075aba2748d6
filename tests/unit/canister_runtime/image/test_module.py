"""Writing a canister's module from the base module and a memory."""

from typing import Any

import pytest
import wasmtime

from canister_runtime.image.errors import ImageError
from canister_runtime.image.module import write_module
from canister_runtime.image.segments import PAGE

BASE = wasmtime.wat2wasm(
    """(module (memory (export "memory") 1) (data (i32.const 8) "old")
         (func (export "image_load")) (func (export "entry_0")) (func (export "entry_1") unreachable))"""
)
MEMORY = b"\0" * 16 + b"new" + bytes(2 * PAGE - 19)


def instance(module: bytes) -> tuple[wasmtime.Store, Any]:
    """An instance's store and exports."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    exports: Any = wasmtime.Instance(store, wasmtime.Module(engine, module), []).exports(store)
    return store, exports


def test_only_the_memory_and_the_methods_are_exported() -> None:
    written = write_module(BASE, MEMORY, ("canister_query x",), {})
    _, exports = instance(written.module)
    assert list(exports) == ["memory", "canister_query x"]


def test_the_memory_is_the_image_and_nothing_of_the_base() -> None:
    store, exports = instance(write_module(BASE, MEMORY, (), {}).module)
    assert bytes(exports["memory"].read(store, 0, len(MEMORY))) == MEMORY


def test_names_follow_the_order_of_the_entries() -> None:
    store, exports = instance(write_module(BASE, MEMORY, ("canister_init", "canister_update y"), {}).module)
    exports["canister_init"](store)
    with pytest.raises(wasmtime.Trap):
        exports["canister_update y"](store)


def test_metadata_are_custom_sections_at_the_end() -> None:
    module = write_module(BASE, MEMORY, (), {"icp:public candid:service": b"service : {}"}).module
    assert module.endswith(b"icp:public candid:serviceservice : {}")


def test_more_methods_than_entries_are_refused() -> None:
    with pytest.raises(ImageError, match="3 exported methods, and the runtime has entries for 2"):
        write_module(BASE, MEMORY, ("a", "b", "c"), {})


def test_what_the_image_has_folded_is_unfolded_by_the_start_function() -> None:
    base = wasmtime.wat2wasm(
        """(module (memory (export "memory") 1)
             (func (export "image_unfold") (i32.store8 (i32.const 40) (i32.const 7))))"""
    )
    store, exports = instance(write_module(base, MEMORY, (), {}).module)
    assert list(exports) == ["memory"]
    assert exports["memory"].read(store, 40, 41) == b"\7"
