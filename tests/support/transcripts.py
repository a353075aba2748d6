"""Replays recorded transcripts of Kybra canisters over a driver, and says at which steps the answers differ."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from candid.codec import decode_untyped
from candid.errors import CandidError
from candid.principal import from_text, to_text
from candid.wire import uleb

TRANSCRIPTS = Path(__file__).parents[1] / "fixtures" / "kybra-transcripts"
DIFFERENCES = Path(__file__).parents[1] / "conformance" / "kybra_differences.toml"


@dataclass(frozen=True)
class Outcome:
    """What a step gave: a reply, a reject (code and message), or with neither that it was carried out."""

    reply: bytes | None = None
    reject: tuple[int, str] | None = None

    def __str__(self) -> str:
        if self.reject is not None:
            return f"reject {self.reject[0]}: {self.reject[1]}"
        return "done" if self.reply is None else f"reply {self.reply.hex()} {self.reply!r}"


class Driver(Protocol):
    """A network on which a transcript is replayed. Canisters go by their labels, principals are raw bytes."""

    def create(self, label: str, cycles: int) -> bytes: ...
    def install(self, label: str, module: str, mode: str, argument: bytes, sender: bytes) -> Outcome: ...
    def query(self, label: str, method: str, argument: bytes, sender: bytes) -> Outcome: ...
    def submit(self, label: str, method: str, argument: bytes, sender: bytes) -> Any: ...
    def wait(self, submitted: Any) -> Outcome: ...
    def manage(self, label: str, action: str, sender: bytes) -> Outcome: ...
    def tick(self, rounds: int) -> None: ...
    def advance(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Difference:
    """A step whose answer is not the recorded one."""

    index: int
    step: dict[str, Any]
    expected: Outcome
    got: Outcome

    def __str__(self) -> str:
        what = f"{self.step['do']} {self.step.get('method', '')} {self.step.get('arg_text', '')[:300]}"
        return f"step {self.index}: {what}\n  recorded {self.expected}\n  got      {self.got}"


class Transcript:
    """One recording: `steps`, and the canisters that it starts with."""

    def __init__(self, name: str) -> None:
        self.name = name
        recording = json.loads((TRANSCRIPTS / name / "transcript.json").read_text())
        self.steps: list[dict[str, Any]] = recording["steps"]
        self._setup = recording["setup"]

    def replay(self, driver: Driver, skipped: frozenset[int] = frozenset()) -> Iterator[Difference]:
        """Walk all steps but the `skipped` ones; yields those whose answers differ."""
        replay = _Replay(driver, from_text(self._setup["controller"]))
        replay.set_up(self._setup["canisters"])
        for index, step in enumerate(self.steps):
            if index in skipped:
                continue
            got = replay.take(step)
            expected = replay.expected(step)
            if got is not None and not replay.agrees(step, expected, got):
                yield Difference(index, step, expected, got)


class _Replay:
    def __init__(self, driver: Driver, controller: bytes) -> None:
        self._driver = driver
        self._controller = controller
        self._ids: dict[str, bytes] = {}
        self._submitted: dict[str, Any] = {}

    def set_up(self, canisters: dict[str, Any]) -> None:
        for label, canister in canisters.items():
            self._ids[label] = self._driver.create(label, canister["cycles"])
            argument = self._bytes(canister["init_arg_hex"])
            outcome = self._driver.install(label, canister["module"], "install", argument, self._controller)
            if outcome.reject is not None:
                raise AssertionError(f"{label} is not installed: {outcome}")
            self._driver.tick(canister["ticks_after_install"])

    def take(self, step: dict[str, Any]) -> Outcome | None:
        """Carry out a step; None where there is nothing to compare."""
        label = step.get("on", "self")
        argument = self._bytes(step.get("arg_hex", ""))
        sender = from_text(step["sender"]) if "sender" in step else self._controller
        driver = self._driver
        match step["do"]:
            case "query":
                return driver.query(label, step["method"], argument, sender)
            case "update":
                return driver.wait(driver.submit(label, step["method"], argument, sender))
            case "submit":
                self._submitted[step["tag"]] = driver.submit(label, step["method"], argument, sender)
            case "await":
                return driver.wait(self._submitted.pop(step["tag"]))
            case "advance_time":
                driver.advance(step["seconds"])
                driver.tick(step["ticks_after"])
            case "tick":
                driver.tick(step["n"])
            case _:
                return self._manage(label, step, argument)
        return None

    def _manage(self, label: str, step: dict[str, Any], argument: bytes) -> Outcome:
        driver, action = self._driver, step["do"]
        if action in ("install", "upgrade", "reinstall"):
            outcome = driver.install(label, step.get("module", ""), action, argument, self._controller)
            driver.tick(step.get("ticks_after", 0))
        else:
            outcome = driver.manage(label, action, self._controller)
            driver.tick(1)
        return outcome

    def expected(self, step: dict[str, Any]) -> Outcome:
        if "reject" in step:
            return Outcome(reject=(step["reject"]["code_number"], self._text(step["reject"]["message"])))
        return Outcome(reply=self._bytes(step["reply_hex"])) if "reply_hex" in step else Outcome()

    def agrees(self, step: dict[str, Any], expected: Outcome, got: Outcome) -> bool:
        if _same(expected, got):
            return True
        alternative = step.get("differs_from_cpython")
        return alternative is not None and _as_cpython(alternative, got)

    def _bytes(self, text: str) -> bytes:
        for label, raw in self._ids.items():
            text = text.replace(f"<{label}>", raw.hex())
            text = text.replace(f"<{label}:text>", to_text(raw).encode().hex())
        return bytes.fromhex(text)

    def _text(self, text: str) -> str:
        for label, raw in self._ids.items():
            text = text.replace(f"<{label}>", to_text(raw))
        return text


def _same(expected: Outcome, got: Outcome) -> bool:
    if expected.reject is None or got.reject is None:
        return expected.reject == got.reject and _same_reply(expected.reply, got.reply)
    return expected.reject[0] == got.reject[0] and comparable(expected.reject[1]) == comparable(got.reject[1])


def _same_reply(expected: bytes | None, got: bytes | None) -> bool:
    if expected is None or got is None or expected == got:
        return expected == got
    try:
        return repr(decode_untyped(_comparable_bytes(expected))) == repr(decode_untyped(_comparable_bytes(got)))
    except CandidError:
        return False


def _comparable_bytes(reply: bytes) -> bytes:
    """A reply of one text, cut to the comparable part of the texts of the replica that it quotes."""
    if not reply.startswith(b"DIDL\x00\x01\x71"):
        return reply
    _, _, (text,) = decode_untyped(reply)
    raw = comparable(text).encode()
    return b"DIDL\x00\x01\x71" + uleb(len(raw)) + raw


_HINTS = r"\.*(\n|\\+n)((Consider|Check|Try|Please) .*?#[a-z_-]+|If you are running .*?to create the canister\.?)"
_BACKTRACE = r"\.*(\n|\\+n)Canister Backtrace:.*"
_TEXTS_OF_RUST = (
    (r"failed to decode call arguments: .*", "failed to decode call arguments"),
    (r"CandidError: .*", "CandidError"),
    (r"(Panicked at '.*?)', (src|<cargo>)/.*", r"\1"),
    (r"(failed to decode canister response as \().*", r"\1"),
)


def comparable(message: str) -> str:
    """A message without what depends on the replica's hints or on the wording of Rust libraries."""
    message = re.sub(_BACKTRACE, "", re.sub(_HINTS, "", message, flags=re.DOTALL), flags=re.DOTALL)
    for pattern, replacement in _TEXTS_OF_RUST:
        message = re.sub(pattern, replacement, message, flags=re.DOTALL)
    return re.sub(r"\.+(?=['\"]|$)", "", message).rstrip("'\"")


def _as_cpython(alternative: str, got: Outcome) -> bool:
    if got.reject is not None:
        return comparable(got.reject[1]).endswith(comparable(alternative))
    if got.reply is None:
        return False
    (text,) = decode_untyped(got.reply)[2]
    return text == alternative.removeprefix("ok ")


@dataclass(frozen=True)
class Known:
    """Steps that differ for a stated reason: always, sometimes, or not even tried."""

    always: frozenset[int]
    sometimes: frozenset[int]
    skipped: frozenset[int]


def known_differences(name: str, driver: str) -> Known:
    """What `kybra_differences.toml` says about a transcript on a driver ("native" or "pocket-ic")."""
    steps: dict[str, set[int]] = {"always": set(), "sometimes": set(), "skipped": set()}
    for entry in tomllib.loads(DIFFERENCES.read_text())["difference"]:
        if entry["transcript"] == name and driver in entry.get("drivers", ["native", "pocket-ic"]):
            steps[entry.get("kind", "always")].update(entry["steps"])
    return Known(**{kind: frozenset(indexes) for kind, indexes in steps.items()})
