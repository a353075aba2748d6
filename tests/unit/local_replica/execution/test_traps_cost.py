"""A message that traps pays for the run of code in which it trapped, of each function on the stack, and its pages."""

import pytest

from local_replica.execution import WasmtimeExecutor
from support.executing import update
from support.small_modules import compiled

MODULE = """
(module
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (memory 1) (table 1 funcref) (elem (i32.const 0) $nothing)
  (type $other (func (param i64)))
  (func $nothing)
  (func $inner (call $trap (i32.const 0) (i32.const 0)) {inner})
  (func (export "canister_update direct") (call $trap (i32.const 0) (i32.const 0)) {direct})
  (func (export "canister_update through") (call $inner) {through})
  (func (export "canister_update division") {before} (drop (i32.div_u (i32.const 1) (i32.const 0))) {division})
  (func (export "canister_update memory") (drop (i32.load (i32.const -1))) {memory})
  (func (export "canister_update table") (call_indirect (type $other) (i64.const 0) (i32.const 0)) {table})
  (func (export "canister_update unreachable") unreachable {unreachable})
  (func (export "canister_update write") {write} (call $trap (i32.const 0) (i32.const 0))))
"""
PLACES = ("inner", "direct", "through", "before", "division", "memory", "table", "unreachable", "write")
SIX_MORE = "(drop (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1))"


def cost(executor: WasmtimeExecutor, method: str, **code: str) -> int:
    """Instructions of a method that traps, with some code added."""
    instance = executor.instantiate(compiled(MODULE.format_map(dict.fromkeys(PLACES, "") | code)))
    outcome = update(instance, method)
    assert outcome.error is not None
    return outcome.instructions


@pytest.mark.parametrize(
    ("method", "place", "more"),
    [
        ("direct", "direct", 6),
        ("through", "through", 6),
        ("through", "inner", 6),
        ("division", "before", 6),
        ("division", "division", 6),
        ("memory", "memory", 6),
        ("table", "table", 6),
        ("unreachable", "unreachable", 0),
    ],
)
def test_the_rest_of_the_run_is_charged(executor: WasmtimeExecutor, method: str, place: str, more: int) -> None:
    assert cost(executor, method, **{place: SIX_MORE}) - cost(executor, method) == more


def test_the_run_ends_at_a_branch(executor: WasmtimeExecutor) -> None:
    branch = f"(if (i32.const 0) (then {SIX_MORE})) {SIX_MORE}"
    assert cost(executor, "direct", direct=branch) - cost(executor, "direct") == 1 + 2


def test_a_page_that_was_changed_is_charged(executor: WasmtimeExecutor) -> None:
    store = "(i32.store (i32.const 0) (i32.const {}))"
    unchanged = cost(executor, "write", write=store.format(0))
    assert cost(executor, "write", write=store.format(7)) - unchanged == 1_000
