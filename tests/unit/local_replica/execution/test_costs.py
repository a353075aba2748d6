"""Instructions cost what they cost on a genuine replica: read off balances before and after small steps."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.port import Entry
from support.executing import cases, run, update
from support.recorded_modules import RECORDINGS
from support.small_modules import compiled

_CYCLES_OF_AN_UPDATE = 6_452_000
"""What an ingress update with a name of five letters and no argument costs besides its instructions."""
_CYCLES_OF_A_BYTE = 2_000


def _simple_steps() -> list[dict[str, Any]]:
    return next(found for name, found in cases("cycles") if name == "simple steps")


def _costs() -> Iterator[tuple[dict[str, Any], int, int]]:
    """Update steps with the balance before them and the instructions that they cost."""
    balance, step = 0, None
    for following in _simple_steps():
        if following["do"] == "get_cycles":
            now = following["expect"]["cycles"]
            if step is not None and balance:
                size = len(bytes.fromhex(step["arg"])) + len(step["method"]) - 5
                yield step, balance, balance - now - _CYCLES_OF_AN_UPDATE - size * _CYCLES_OF_A_BYTE
            balance, step = now, None
        elif following["do"] == "update" and re.fullmatch(r"[0-9a-f]{0,100}", following["arg"]):
            step = following
        else:
            step = None


def test_small_steps_cost_the_recorded_instructions(executor: WasmtimeExecutor) -> None:
    module = (RECORDINGS / "cycles" / "tiny.wasm").read_bytes()
    instance = executor.instantiate(module)
    checked = 0
    for step, balance, instructions in _costs():
        if f"canister_update {step['method']}" not in instance.exports() or step["canister"] != "<canister:0>":
            continue
        if instructions > 10**6 and step["method"] == "balance":
            break  # from here on storage is charged too
        outcome = update(instance, step["method"], bytes.fromhex(step["arg"]), balance=balance)
        assert outcome.instructions + outcome.burned == instructions, step
        if step["method"] == "spin_count":
            assert outcome.reply == bytes.fromhex(step["expect"]["reply"])
        checked += 1
    assert checked > 15


ONE_OF_EACH = """
(module (memory 1) (global $g (mut i32) (i32.const 0)) (table 1 funcref) (elem (i32.const 0) $empty)
  (func $empty)
  (func (export "canister_update f") {}))
"""


@pytest.mark.parametrize(
    ("code", "cost"),
    [
        ("", 0),
        ("(nop)", 1),
        ("(drop (i32.const 1))", 2),
        ("(drop (i32.div_u (i32.const 6) (i32.const 3)))", 13),
        ("(drop (f64.max (f64.const 1) (f64.const 2)))", 21),
        ("(drop (f64.sqrt (f64.const 2)))", 10),
        ("(drop (i32.trunc_sat_f32_s (f32.const 2)))", 22),
        ("(global.set $g (global.get $g))", 4),
        ("(call $empty)", 6),
        ("(call_indirect (i32.const 0))", 12),
        ("(drop (memory.size))", 21),
        ("(memory.fill (i32.const 0) (i32.const 0) (i32.const 50))", 153),
        ("(if (i32.const 1) (then (nop)))", 4),
        ("(block (br 0))", 2),
        ("(drop (ref.is_null (ref.func $empty)))", 136),
        ("(drop (i64x2.mul (v128.const i64x2 1 2) (v128.const i64x2 3 4)))", 7),
        ("(return)", 1),
    ],
)
def test_an_instruction_costs_its_weight(executor: WasmtimeExecutor, code: str, cost: int) -> None:
    instance = executor.instantiate(compiled(ONE_OF_EACH.format(code)))
    assert run(instance, Entry.UPDATE, "f").instructions == 1 + cost
