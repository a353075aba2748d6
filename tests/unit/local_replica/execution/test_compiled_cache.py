"""Modules are compiled once: in a process, and over processes by files that may be spoilt."""

import time
from pathlib import Path

import pytest
import wasmtime

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.port import Entry
from support.executing import query, run
from support.small_modules import compiled

MODULE = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1) (data (i32.const 0) "%s")
  (func (export "canister_query tell") (call $append (i32.const 0) (i32.const 5)) (call $reply)))
"""


def test_modules_that_differ_in_data_alone_compile_once(tmp_path: Path) -> None:
    executor = WasmtimeExecutor(tmp_path)
    for word in ("first", "other"):
        instance = executor.instantiate(compiled(MODULE % word))
        assert query(instance, "tell").reply == word.encode()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_second_process_reads_what_the_first_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WasmtimeExecutor(tmp_path).instantiate(compiled(MODULE % "first"))
    second = WasmtimeExecutor(tmp_path)

    def compile_again(*_: object) -> None:
        pytest.fail("compiled again")

    monkeypatch.setattr(wasmtime.Module, "__init__", compile_again)
    assert query(second.instantiate(compiled(MODULE % "first")), "tell").reply == b"first"


@pytest.mark.parametrize("spoilt", [b"", b"garbage", None])
def test_a_spoilt_cache_file_is_written_anew(tmp_path: Path, spoilt: bytes | None) -> None:
    WasmtimeExecutor(tmp_path).instantiate(compiled(MODULE % "first"))
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    file.write_bytes(flipped if spoilt is None else spoilt)
    instance = WasmtimeExecutor(tmp_path).instantiate(compiled(MODULE % "first"))
    assert query(instance, "tell").reply == b"first"
    assert len(file.read_bytes()) == len(good)


def test_many_instances_of_a_large_module_are_quick(tmp_path: Path) -> None:
    text = '(module (memory 160) (data (i32.const 0) "' + "x" * (4 << 20) + '") (func (export "canister_init")))'
    module = bytes(wasmtime.wat2wasm(text))
    executor = WasmtimeExecutor(tmp_path)
    assert executor.validate(module) is None
    executor.instantiate(module)
    start = time.perf_counter()
    instances = []
    for _ in range(20):
        assert executor.validate(module) is None
        instances.append(executor.instantiate(module))
        run(instances[-1], Entry.INIT)
    assert (time.perf_counter() - start) / 20 < 0.2
    assert all(instance.dump().heap.startswith(b"xxx") for instance in instances[:2])
