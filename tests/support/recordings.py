"""Recordings of a genuine replica: reading them, walking them over a driver, and matching what comes back.

A driver offers one method for each `do` (format: `tests/fixtures/replica-recordings/README.md`) and answers with the
`expect` of the step as it sees it; the walk knows labels, masks and what counts as agreement.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from candid.principal import to_text
from support.recorded_modules import RECORDINGS, recorded_module

UNCREATED = bytes.fromhex("ffffffffffe000ff0101")
_TOKEN = re.compile(r"<(text:)?(canister|message):(\d+|uncreated)>|<repeat:([0-9a-f]{2}):(\d+)>|<[^<>]{1,60}>")
_VOLATILE = {"<message id>", "<path>", "<random>", "<32 random bytes>", "<time>", "<frames>", "<volatile>"}

Step = dict[str, Any]
Answer = dict[str, Any]


class Driver(Protocol):
    """What a replica must be able to do for a walk."""

    def new_instance(self, config: dict[str, Any] | None) -> None: ...
    def create_canister(self, cycles: int, settings: str | None) -> bytes: ...
    def install_code(self, canister: bytes, mode: str, module: bytes, arg: bytes, sender: bytes) -> Answer: ...
    def update(self, canister: bytes, method: str, arg: bytes, sender: bytes) -> Answer: ...
    def query(self, canister: bytes, method: str, arg: bytes, sender: bytes) -> Answer: ...
    def management(self, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Answer: ...
    def management_query(self, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Answer: ...
    def submit(self, canister: bytes, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Any: ...
    def wait(self, message: Any) -> Answer: ...
    def ingress_status(self, message: Any) -> Answer: ...
    def tick(self, rounds: int) -> None: ...
    def advance_time(self, seconds: int) -> Answer: ...
    def get_cycles(self, canister: bytes) -> Answer: ...
    def add_cycles(self, canister: bytes, amount: int) -> Answer: ...
    def get_stable_memory(self, canister: bytes) -> bytes: ...
    def log_texts(self, canister: bytes) -> list[str]: ...


def load(subject: str) -> list[Step]:
    """The steps of one subject."""
    recording = json.loads((RECORDINGS / subject / "recording.json").read_text(encoding="utf-8"))
    return [{**step, "subject": subject} for step in recording["steps"]]


@dataclass
class Result:
    """How one step went. `level` is how far it agreed: 0 not at all, 1 outcome, 2 codes too, 3 in full."""

    index: int
    step: Step
    answer: Answer
    level: int

    @property
    def agrees(self) -> bool:
        return self.level == 3


@dataclass
class Labels:
    """Names of canisters and messages, bound where they first appear."""

    canisters: dict[str, bytes] = field(default_factory=lambda: {"uncreated": UNCREATED})
    messages: dict[str, Any] = field(default_factory=dict)
    balances: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Balance as last read of each canister: recorded and found."""

    def cycles_level(self, canister: str, expected: int, actual: int) -> int:
        """3 for the recorded balance, 2 when at least the difference to the last reading is as recorded."""
        before = self.balances.get(canister)
        self.balances[canister] = expected, actual
        if expected == actual:
            return 3
        return 2 if before is not None and expected - before[0] == actual - before[1] else 0

    def raw(self, told: str) -> bytes:
        """A canister of a request: a label, "management", or hex."""
        if told == "management":
            return b""
        found = _TOKEN.fullmatch(told)
        return self.canisters[found[3]] if found else bytes.fromhex(told)

    def bytes_of(self, told: str) -> bytes:
        """Hex of a request, with its labels put in."""
        return bytes.fromhex(_TOKEN.sub(self._in_hex, told))

    def _in_hex(self, found: re.Match[str]) -> str:
        if found[4]:
            return found[4] * int(found[5])
        raw = self.canisters[found[3]]
        return to_text(raw).encode().hex() if found[1] else raw.hex()

    def matches(self, expected: str, actual: str, *, is_hex: bool) -> bool:
        """Whether a text (or hex) is what was recorded, masks and labels considered; binds new labels."""
        if expected == actual:
            return True
        pattern, names, position = "", [], 0
        for found in _TOKEN.finditer(expected):
            pattern += re.escape(expected[position : found.start()])
            pattern += self._pattern(found, names, is_hex=is_hex)
            position = found.end()
        fitted = re.fullmatch(pattern + re.escape(expected[position:]), actual, re.DOTALL)
        if fitted is None:
            return False
        for name, value in zip(names, fitted.groups(), strict=True):
            self.canisters[name] = bytes.fromhex(value)
        return True

    def _pattern(self, found: re.Match[str], names: list[str], *, is_hex: bool) -> str:
        if found[4]:
            return f"(?:{found[4]}){{{found[5]}}}"
        if found[2] == "canister":
            raw = self.canisters.get(found[3])
            if raw is None:
                names.append(found[3])
                return "([0-9a-f]{20})"
            return re.escape(self._in_hex(found) if is_hex else to_text(raw))
        return ".*" if found[0] in _VOLATILE else re.escape(found[0])


def walk(steps: list[Step], driver: Driver, only: set[str] | None = None) -> Iterator[Result]:
    """Run the steps (of certain cases only, when named) and yield how each went."""
    labels, active = Labels(), only is None
    for index, step in enumerate(steps):
        if step["do"] == "new_instance":
            active = only is None or step["case"] in only
            labels = Labels()
            if active:
                driver.new_instance(step.get("config"))
        elif active:
            answer = _perform(step, driver, labels)
            yield Result(index, step, answer, _level(step, answer, labels))


def _perform(step: Step, driver: Driver, labels: Labels) -> Answer:
    """Do one step; the answer is shaped as its `expect`."""
    request = Request.of(step, labels)
    if step["do"] in ("update", "query", "submit", "management", "management_query"):
        return _call(step, driver, request)
    if step["do"] in ("await", "ingress_status"):
        read = driver.wait if step["do"] == "await" else driver.ingress_status
        return read(labels.messages[step["message"]])
    if step["do"] == "install_code":
        return driver.install_code(request.canister, step["mode"], module_of(step, labels), request.arg, request.sender)
    return _CONTROL[step["do"]](step, driver, request.canister)


@dataclass(frozen=True)
class Request:
    """What a step sends, its labels replaced."""

    canister: bytes
    arg: bytes
    effective: bytes | None
    sender: bytes

    @classmethod
    def of(cls, step: Step, labels: Labels) -> "Request":
        return cls(
            canister=labels.raw(step["canister"]) if "canister" in step else b"",
            arg=labels.bytes_of(step["arg"]) if "arg" in step else b"",
            effective=labels.raw(step["effective_canister"]) if "effective_canister" in step else None,
            sender=bytes.fromhex(step["sender"]) if "sender" in step else b"\x04",
        )


def _call(step: Step, driver: Driver, request: Request) -> Answer:
    """A call or query of a canister, or of the management canister when none is named."""
    method, sender = step["method"], request.sender
    if step["do"] == "submit":
        return {"message": driver.submit(request.canister, method, request.arg, request.effective, sender)}
    is_query = step["do"] in ("query", "management_query")
    if request.canister:
        call = driver.query if is_query else driver.update
        return call(request.canister, method, request.arg, sender)
    manage = driver.management_query if is_query else driver.management
    return manage(method, request.arg, request.effective, sender)


def _tick(step: Step, driver: Driver, _: bytes) -> Answer:
    driver.tick(step["rounds"])
    return {}


def _stable_memory(step: Step, driver: Driver, canister: bytes) -> Answer:
    content = driver.get_stable_memory(canister)
    return {"length": len(content), "prefix": content[: len(step["expect"]["prefix"]) // 2].hex()}


def _upload_chunks(step: Step, driver: Driver, canister: bytes) -> Answer:
    head = bytes.fromhex("4449444c026c02ed8c8bae0401b3c4b1f204686d7b010001")
    for byte in range(step["from"], step["to"] + 1):
        driver.management("upload_chunk", head + bytes([byte, 1, 10]) + canister, canister, b"\x04")
    return {}


_CONTROL: dict[str, Callable[[Step, Driver, bytes], Answer]] = {
    "create_canister": lambda step, driver, _: {
        "canister": driver.create_canister(step["cycles"], step.get("settings"))
    },
    "tick": _tick,
    "advance_time": lambda step, driver, _: driver.advance_time(step["seconds"]),
    "get_cycles": lambda _, driver, canister: driver.get_cycles(canister),
    "add_cycles": lambda step, driver, canister: driver.add_cycles(canister, step["amount"]),
    "get_stable_memory": _stable_memory,
    "log_texts": lambda _, driver, canister: {"distinct_texts": list(dict.fromkeys(driver.log_texts(canister)))},
    "upload_one_byte_chunks": _upload_chunks,
}


def module_of(step: Step, labels: Labels) -> bytes:
    """The bytes that an installation step installs."""
    if step.get("note") == "garbage instead of the module":
        return b"garbage"
    return recorded_module(step["subject"], step, labels.bytes_of)


def _level(step: Step, answer: Answer, labels: Labels) -> int:
    expected = step["expect"]
    if "canister" in expected:
        labels.canisters[_TOKEN.fullmatch(expected["canister"])[3]] = answer["canister"]  # type: ignore[index] # is one
        return 3
    if "message" in expected and "message" in answer:
        labels.messages[expected["message"]] = answer["message"]
        return 3
    if "reject" in expected:
        return _reject_level(expected["reject"], answer.get("reject"), labels)
    if "cycles" in expected and isinstance(answer.get("cycles"), int):
        return labels.cycles_level(step["canister"], expected["cycles"], answer["cycles"])
    if "reply" in expected:
        actual = answer.get("reply")
        return 3 if actual is not None and labels.matches(expected["reply"], actual, is_hex=True) else 0
    return 3 if _same(expected, answer, labels) else 0


def _reject_level(expected: Answer, actual: Answer | None, labels: Labels) -> int:
    if actual is None:
        return 0
    if any(expected[key] != actual[key] for key in ("reject_code", "error_code")):
        return 1
    same_form = expected["certified"] == actual["certified"]
    same_text = labels.matches(expected["reject_message"], actual["reject_message"], is_hex=False)
    return 3 if same_form and same_text else 2


def _same(expected: Any, actual: Any, labels: Labels) -> bool:
    """Structural equality, texts with masks; keys that only comment are left out."""
    if isinstance(expected, dict):
        told = {key: value for key, value in expected.items() if key not in ("at", "candid", "decoded")}
        return isinstance(actual, dict) and all(_same(value, actual.get(key), labels) for key, value in told.items())
    if isinstance(expected, str) and isinstance(actual, str):
        return labels.matches(expected, actual, is_hex=False)
    return bool(expected == actual)
