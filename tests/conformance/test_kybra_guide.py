"""What Kybra's guide says of conversions, errors and calls is recorded, and the recorded steps are replayed."""

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from canister_runtime.host.native import NativeCanister
from support.transcripts import TRANSCRIPTS, known_differences

Shown = tuple[str, int, str]
"""A transcript, a step of it and a pattern that its argument or answer matches."""

FACTS: dict[str, tuple[Shown, ...]] = {
    # Conversions
    "a record without one of its keys, even an opt, is a KeyError": (
        ("conversions", 257, "KeyError: 'note'"),
        ("conversions", 259, "KeyError: 'name'"),
    ),
    "extra keys of a record are dropped": (("conversions", 256, r"extra=1"), ("stable", 43, "extra=1")),
    "a Vec of records must be a list": (("conversions", 225, "Expected type 'list' but 'list_iterator' found"),),
    "in a Vec of non-primitives a misfit is a failed conversion to Vec": (
        ("conversions", 184, "Could not convert value to Vec"),
        ("conversions", 190, "Could not convert value to Vec"),
    ),
    "a Vec of fixed-width numbers takes any iterable": (("conversions", 172, r"\{1, 2\}"),),
    "a Vec of text takes any iterable": (("conversions", 198, "iter"),),
    "a blob takes any iterable of bytes": (("conversions", 123, "blob 0102"), ("conversions", 125, "iter")),
    "what is not iterable is no blob": (("conversions", 128, "'int' object is not iterable"),),
    "a Tuple must be a tuple": (("conversions", 243, "Expected type 'tuple' but 'list' found"),),
    "a tuple may have members too many, not too few": (
        ("conversions", 244, "extra"),
        ("conversions", 245, "IndexError: tuple index out of range"),
    ),
    "the only member of a tuple fails as the tuple": (("conversions", 240, "Could not convert value to tuple"),),
    "a member of a longer tuple fails as itself": (("conversions", 247, "OverflowError"),),
    "integers out of range raise": (
        ("conversions", 43, "OverflowError: Python int too large to convert to Rust u8"),
        ("conversions", 44, "OverflowError: Python int too large to convert to Rust u8"),
        ("conversions", 53, "OverflowError: Python int too large to convert to Rust u64"),
    ),
    "a bool passes as an int": (("conversions", 21, r"1 : nat"),),
    "void and null are None": (
        ("conversions", 4, "expected NoneType but received bool"),
        ("conversions", 8, "expected NoneType but received bool"),
    ),
    "a Principal is what has to_str": (("conversions", 143, "'int' object has no attribute 'to_str'"),),
    "a variant takes the first declared key that is there": (
        ("conversions", 310, r"variant \{Open\}"),
        ("conversions", 311, r"variant \{Closed = 1"),
        ("conversions", 312, "Expected type 'int' but 'str' found"),
        ("conversions", 313, "Expected type 'int' but 'str' found"),
    ),
    "a variant without a declared key does not exist": (
        ("conversions", 300, "Enum variant does not exist"),
        ("conversions", 305, "Enum variant does not exist"),
    ),
    "a null payload must be None": (("conversions", 293, "expected NoneType but received int"),),
    "a value for an opt of an opt goes out in both": (("conversions", 163, r"opt opt"), ("conversions", 162, "null")),
    "a func is a tuple of a principal and a name": (
        ("conversions", 324, "Expected type 'tuple' but 'list' found"),
        ("conversions", 325, "could not convert value to Func, missing method"),
        ("conversions", 330, r"func"),
    ),
    "on the wire an extra member of a tuple is refused": (("types", 129, "failed to decode call arguments"),),
    "on the wire extra arguments and extra fields pass": (("types", 173, "more"), ("types", 159, r"record \{\}")),
    "a missing trailing opt is null": (("types", 101, "null"),),
    # Exceptions and rollback
    "an exception traps with its type and message": (("errors", 0, r"`ic0\.trap` with message: 'ValueError: plain'"),),
    "an exception whose __str__ fails is named so": (
        ("errors", 19, "Attribute Error: 'BadStr' object has no attribute"),
    ),
    "SystemExit is an ordinary trap": (("errors", 25, "SystemExit: 3"),),
    "a trap rolls back heap and stable state": (("errors", 262, "count"), ("stable", 131, "None")),
    "what was committed before the yield stays": (("errors", 273, "before yield"), ("errors", 275, "b1")),
    "ic.trap cannot be caught": (("errors", 243, "cannot be caught"), ("errors", 244, "in finally")),
    "a method that does not answer is told by the replica": (("errors", 322, "did not reply to the call"),),
    "a trap after ic.reply takes the reply back": (("errors", 328, "after reply"), ("errors", 329, "after reply")),
    "a second answer is a contract violation": (
        ("errors", 323, "the call is already replied"),
        ("errors", 324, "the call is already replied"),
    ),
    "a manual reject is code 4 with the text": (
        ("errors", 320, "REJECT 4 manual reject"),
        ("errors", 330, "state stays"),
    ),
    # Guards and inspection
    "a guard's error is reject code 4 with the bare message": (
        ("errors", 288, "REJECT 4 guard said"),
        ("errors", 289, "REJECT 4 guard said"),
    ),
    "an exception in a guard is a plain reject, what it changed stays": (
        ("errors", 295, "REJECT 4 AppError: guard broke"),
        ("errors", 296, "5"),
    ),
    "a guard runs before the arguments are decoded": (("errors", 292, "REJECT 4 guard said"),),
    "a guard's answer must be a GuardResult": (
        ("errors", 297, "REJECT 4 TypeError: expected Result but received int"),
        ("errors", 298, "REJECT 4 TypeError: expected Result but received dict"),
        ("errors", 299, "REJECT 4 err wins"),
    ),
    "an exception in inspect_message traps": (("errors", 306, "REJECT 5 .*AppError: not in the mood"),),
    "a message that is not accepted is code 4": (("errors", 311, "REJECT 4 .*Canister rejected the message"),),
    "accepting twice violates the contract": (("errors", 309, "the function was already called"),),
    "ic.method_name is for inspect_message alone": (
        ("errors", 302, "cannot be executed in update mode"),
        ("lifecycle", 23, "cannot be executed in non replicated query mode"),
    ),
    # Calls
    "a failed call is an Err with code and message": (
        ("calls", 3, "Rejection code 5, IC0503: Error from Canister"),
        ("calls", 4, "callee trapped"),
    ),
    "yield from a helper works, its exceptions can be caught": (
        ("calls", 67, "2, 3"),
        ("errors", 284, "caught 'from helper'"),
    ),
    "the exceptions of a generator that is yielded trap the caller": (
        ("errors", 285, "REJECT 5 .*from yielded helper"),
    ),
    "errors in converting arguments trap the caller": (("calls", 29, "REJECT 5 .*OverflowError"),),
    "too few arguments are a panic, too many are ignored": (
        ("calls", 36, "index out of bounds: the len is 3 but the index is 3"),
        ("calls", 37, "Ok 3"),
    ),
    "a reply that does not decode is an Err, the callee's changes stay": (
        ("calls", 43, r"Rejection code 5, failed to decode canister response as \(u64,\)"),
        ("calls", 47, "5, 2, 3"),
    ),
    "the first of two amounts of cycles counts": (("calls", 105, r"\(10, 5, 5\)"),),
    "more cycles than the balance trap": (("calls", 101, "is out of cycles"), ("calls", 143, "is out of cycles")),
    "notify answers Ok even for a missing method": (("calls", 135, r"\{'Ok': None\}"),),
    "a query that returns Async is a composite query": (
        ("calls", 149, "Ok 2"),
        ("calls", 150, "Composite query cannot be called in replicated mode"),
    ),
    # Maps, timers, lifecycle
    "an oversize insert traps and cannot be caught": (
        ("errors", 257, "Key is too large. Expected <= 60 bytes, found 108 bytes"),
        ("stable", 130, "Value is too large. Expected <= 40 bytes, found 58 bytes"),
    ),
    "keys out of range raise": (("stable", 91, "OverflowError"), ("stable", 92, "OverflowError")),
    "a stored null and a missing key both read as None": (("stable", 15, "None, None, False"),),
    "NaN as a key trips an assertion": (("stable", 79, "assertion failed"),),
    "an exception after an await in a timer is swallowed, nothing is rolled back": (
        ("lifecycle", 110, "tick_call_raise before.*tick_call_raise after"),
    ),
    "a failing init or upgrade hook leaves everything as it was": (
        ("lifecycle", 7, "init refused"),
        ("lifecycle", 215, "RuntimeError: pre_upgrade refused"),
        ("lifecycle", 218, "RuntimeError: post_upgrade refused"),
    ),
    "extra arguments to post_upgrade are ignored": (("lifecycle", 222, "extra"),),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_of_the_guide_is_recorded_and_replayed(fact: str) -> None:
    for name, index, pattern in FACTS[fact]:
        assert re.search(pattern, line(steps(name)[index]), re.DOTALL), (name, index)
        for driver in ("native", "pocket-ic"):
            known = known_differences(name, driver)
            assert index not in known.always | known.skipped, (name, index, driver)


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("Principal.from_str('aaaaa-aa') == Principal.from_str('aaaaa-aa')", "False"),
        ("len({Principal.from_str('aaaaa-aa'), Principal.from_str('aaaaa-aa')})", "2"),
        ("len(rows)", "TypeError: object of type 'StableBTreeMap' has no len()"),
        ("1 in rows", "TypeError: argument of type 'StableBTreeMap' is not iterable"),
        ("rows[1]", "TypeError: 'StableBTreeMap' object is not subscriptable"),
        ("list(rows)", "TypeError: 'StableBTreeMap' object is not iterable"),
        ("rows.range", "AttributeError: 'StableBTreeMap' object has no attribute 'range'"),
    ],
)
def test_what_kybras_classes_lack_is_lacking(tmp_path: Path, expression: str, answer: str) -> None:
    (tmp_path / "main.py").write_text(
        dedent("""
            from kybra import Principal, StableBTreeMap, nat64, text, update

            rows = StableBTreeMap[nat64, text](memory_id=3, max_key_size=15, max_value_size=50)

            @update
            def evaluate(source: text) -> text:
                try:
                    return str(eval(source))
                except Exception as error:
                    return type(error).__name__ + ": " + str(error)
        """)
    )
    assert NativeCanister.load(tmp_path).update("evaluate", expression) == answer


def steps(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((TRANSCRIPTS / name / "transcript.json").read_text())["steps"]
    return loaded


def line(step: dict[str, Any]) -> str:
    reject = step.get("reject")
    answer = f"REJECT {reject['code_number']} {reject['message']}" if reject else step.get("reply_text", "")
    return f"{step.get('arg_text', '')} => {answer}"
