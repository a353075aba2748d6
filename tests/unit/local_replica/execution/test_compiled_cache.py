"""Modules are compiled once: in a process, and over processes by files that may be spoilt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime

from local_replica.execution import WasmtimeExecutor, prepared
from local_replica.execution import compiled as compiled_cache
from local_replica.execution.port import Entry, ExecutionError
from local_replica.execution.validation import Validator
from support.executing import query, resident_bytes, run
from support.small_modules import compiled

MODULE = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1) (data (i32.const 0) "%s")
  (func (export "canister_query tell") (call $append (i32.const 0) (i32.const 5)) (call $reply)))
"""


AT_ONCE = """
import sys, wasmtime
from pathlib import Path
from local_replica.execution import WasmtimeExecutor
print(WasmtimeExecutor(Path(sys.argv[1])).validate(bytes(wasmtime.wat2wasm("(module (memory 1))"))))
"""
REFUSED = ExecutionError("CanisterInvalidWasm", "no")


def test_modules_that_differ_in_data_alone_compile_once(tmp_path: Path) -> None:
    executor = WasmtimeExecutor(tmp_path)
    for word in ("first", "other"):
        instance = executor.instantiate(compiled(MODULE % word))
        assert query(instance, "tell").reply == word.encode()
    assert len(list(tmp_path.glob("*.cwasm"))) == 1


def test_a_second_process_reads_what_the_first_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WasmtimeExecutor(tmp_path).instantiate(compiled(MODULE % "first"))
    second = WasmtimeExecutor(tmp_path)

    def compile_again(*_: object) -> None:
        pytest.fail("compiled again")

    monkeypatch.setattr(wasmtime.Module, "__init__", compile_again)
    assert query(second.instantiate(compiled(MODULE % "first")), "tell").reply == b"first"


def checked(directory: Path) -> WasmtimeExecutor:
    """An executor that has checked the module and kept what it made of it."""
    executor = WasmtimeExecutor(directory)
    assert executor.validate(compiled(MODULE % "first")) is None
    return executor


def test_a_module_is_rewritten_and_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(tmp_path)
    monkeypatch.setattr(compiled_cache, "instrument", lambda _: pytest.fail("rewritten again"))
    monkeypatch.setattr(Validator, "check", lambda *_, **__: pytest.fail("checked again"))
    assert query(checked(tmp_path).instantiate(compiled(MODULE % "first")), "tell").reply == b"first"


def test_what_was_never_checked_is_not_taken_for_checked(tmp_path: Path) -> None:
    for _ in range(2):
        executor = WasmtimeExecutor(tmp_path)
        executor.instantiate(compiled(MODULE % "first"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Validator, "check", lambda *_, **__: REFUSED)
            assert executor.validate(compiled(MODULE % "first")) is REFUSED


def test_other_rules_make_modules_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(tmp_path)
    monkeypatch.setattr(prepared, "_rules", lambda: b"other rules")
    executor = WasmtimeExecutor(tmp_path)
    monkeypatch.setattr(Validator, "check", lambda *_, **__: REFUSED)
    assert executor.validate(compiled(MODULE % "first")) is REFUSED


@pytest.mark.parametrize("kind", ["cwasm", "module"])
@pytest.mark.parametrize("spoilt", [b"", b"garbage", None])
def test_a_spoilt_cache_file_is_written_anew(tmp_path: Path, spoilt: bytes | None, kind: str) -> None:
    checked(tmp_path)
    (file,) = tmp_path.glob(f"*.{kind}")
    good = file.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    file.write_bytes(flipped if spoilt is None else spoilt)
    assert query(checked(tmp_path).instantiate(compiled(MODULE % "first")), "tell").reply == b"first"
    assert len(file.read_bytes()) == len(good)


def test_a_writer_that_was_killed_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "half.part").write_bytes(b"half of a mod")
    checked(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".cwasm", ".module", ".part"]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert query(checked(tmp_path / "file").instantiate(compiled(MODULE % "first")), "tell").reply == b"first"


def test_processes_that_compile_the_same_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    command = [sys.executable, "-c", AT_ONCE, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) for _ in range(3)]
    assert [process.communicate(timeout=60)[0] for process in running] == [b"None\n"] * 3
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".cwasm", ".module"]


def test_many_instances_of_a_large_module_share_its_code_and_data(tmp_path: Path) -> None:
    text = '(module (memory 160) (data (i32.const 0) "' + "x" * (4 << 20) + '") (func (export "canister_init")))'
    module = bytes(wasmtime.wat2wasm(text))
    executor = WasmtimeExecutor(tmp_path)
    assert executor.validate(module) is None
    executor.instantiate(module)
    before = resident_bytes()
    instances = []
    for _ in range(20):
        assert executor.validate(module) is None
        instances.append(executor.instantiate(module))
        run(instances[-1], Entry.INIT)
    assert resident_bytes() - before < 20 << 20
    assert len(list(tmp_path.glob("*.cwasm"))) == 1
    assert all(instance.dump().heap.startswith(b"xxx") for instance in instances[:2])
