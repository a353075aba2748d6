"""What install_code accepts and refuses, as recorded on a genuine replica."""

from typing import Any

import pytest

from local_replica.execution import ExecutionError, ModuleRefused, WasmtimeExecutor
from local_replica.execution.port import Entry
from support.executing import module_of, recorded_bytes, recorded_error, run, steps

_NOT_OF_THE_MODULE = frozenset(
    ("CanisterNonEmpty", "CanisterInvalidController", "CanisterNotFound", "InvalidManagementPayload")
)
_GZIP = b"\x1f\x8b\x08"


def _is_unpacked_first(step: dict[str, Any]) -> bool:
    """Gzip never reaches the executor; tests/conformance runs those steps."""
    return "wasm" in step and recorded_bytes(step["wasm"]).startswith(_GZIP)


def _installs() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for subject in ("modules", "traps", "replies", "calls"):
        for step in steps(subject):
            if step["do"] != "install_code" or step["mode"] not in {"install", "reinstall"}:
                continue
            error = recorded_error(step)
            if (error is not None and error[0] in _NOT_OF_THE_MODULE) or _is_unpacked_first(step):
                continue
            if "endless" not in step.get("module", "") and "garbage instead" not in step.get("note", ""):
                found.append((subject, step))
    return found


def _install(executor: WasmtimeExecutor, module: bytes, arg: bytes) -> ExecutionError | None:
    error = executor.validate(module)
    if error is not None:
        return error
    try:
        instance = executor.instantiate(module)
    except ModuleRefused as refused:
        return refused.error
    try:
        for entry in (Entry.START, Entry.INIT):
            error = run(instance, entry, arg=arg).error
            if error is not None:
                return error
    finally:
        instance.close()
    return None


@pytest.mark.parametrize(("subject", "step"), _installs())
def test_a_module_is_installed_or_refused_as_recorded(
    executor: WasmtimeExecutor, subject: str, step: dict[str, Any]
) -> None:
    error = _install(executor, module_of(subject, step), recorded_bytes(step["arg"]))
    assert (None if error is None else (error.code, error.text)) == recorded_error(step)


def test_a_module_cut_before_its_code_is_refused_in_the_search_for_it(executor: WasmtimeExecutor) -> None:
    cut = bytes.fromhex("0061736d0100000001090260000060027f7f00022d0203696330096d73675f7265706c7900000369")
    error = executor.validate(cut)
    assert error is not None
    assert error.message.endswith("Error finding code section: unexpected end-of-file (at offset 0x15)")


def test_bytes_out_of_a_gzip_that_are_no_module_are_refused_in_other_words(executor: WasmtimeExecutor) -> None:
    error = executor.validate(b"garbage!", was_compressed=True)
    assert error is not None
    assert "magic header not detected: bad magic number" in error.message
    as_it_is = executor.validate(b"garbage!")
    assert as_it_is is not None
    assert as_it_is.message.endswith("unsupported canister module format")
