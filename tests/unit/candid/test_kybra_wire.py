"""Messages that a Kybra canister (Rust's candid) was sent: what it took is read alike, what it refused is refused."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from candid import CandidError, PythonValues, compile_decoder, did
from candid.types import Type

FOLDER = Path(__file__).parents[2] / "fixtures" / "kybra-transcripts" / "types"
INTERFACE = did.parse((FOLDER / "types.did").read_text(encoding="utf-8"))
METHODS = INTERFACE.methods()
STEPS = [
    step
    for step in json.loads((FOLDER / "transcript.json").read_text(encoding="utf-8"))["steps"]
    if step.get("method") in METHODS and "<" not in step["arg_hex"]
]


class KybraValues(PythonValues):
    """Kybra refuses tuples that are too long, and `opt null` is null to it, as is what is no opt at nested ones."""

    strict_tuples = True
    fills_nested_opts = False
    some = None


def arguments(step: dict[str, Any]) -> list[Any]:
    return read(METHODS[step["method"]].args, step["arg_hex"])


def read(types: Sequence[Type], message: str) -> list[Any]:
    return compile_decoder(types, INTERFACE.env, values=KybraValues())(bytes.fromhex(message))


def refused_by_the_decoder(step: dict[str, Any]) -> bool:
    message = step.get("reject", {}).get("message", "")
    return "failed to decode call arguments" in message


def echoes(step: dict[str, Any]) -> bool:
    return step["method"].startswith("e_") and "reply_hex" in step


def name(step: dict[str, Any]) -> str:
    return f"{step['method']}-{step['arg_hex'][:40]}"


@pytest.mark.parametrize("step", list(filter(refused_by_the_decoder, STEPS)), ids=name)
def test_what_kybra_refuses_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(CandidError):
        arguments(step)


@pytest.mark.parametrize("step", list(filter(echoes, STEPS)), ids=name)
def test_what_kybra_echoes_is_read_as_it_echoed_it(step: dict[str, Any]) -> None:
    assert same(arguments(step), read(METHODS[step["method"]].results, step["reply_hex"]))


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
