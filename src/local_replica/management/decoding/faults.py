"""The chain of reasons for which an argument does not decode, and its two written forms."""

from dataclasses import dataclass

from candid.types import NULL, RESERVED, Opt, Type
from local_replica.management.decoding.failures import Failure
from local_replica.management.decoding.header import BadHeader, Header, read_header
from local_replica.management.decoding.printing import is_short, printed
from local_replica.management.decoding.walk import Walk

_LONG_MESSAGE = 500
_INDENT = {True: "       ", False: "    "}


@dataclass(frozen=True, slots=True)
class Fault:
    """Reasons from the outermost to the first cause."""

    chain: tuple[str, ...]

    @property
    def on_one_line(self) -> str:
        """As the replica tells it."""
        return ": ".join(self.chain)

    @property
    def as_list(self) -> str:
        """As PocketIC's server tells it."""
        head, *causes = self.chain
        if not causes:
            return head
        numbered = len(causes) > 1
        told = [f"{number:>5}: " if numbered else _INDENT[False] for number in range(len(causes))]
        lines = [mark + cause.replace("\n", "\n" + _INDENT[numbered]) for mark, cause in zip(told, causes, strict=True)]
        return f"{head}\n\nCaused by:\n" + "\n".join(lines)


def fault_of(arg: bytes, expected: Type | None, *, full: bool = False) -> Fault | None:
    """Why `arg` does not decode at the one expected type (None: no arguments at all); None when it does.

    `full` as the crate's `full_error_message`: types of any length, and the decoder's state in front.
    """
    try:
        header = read_header(arg)
    except BadHeader as failure:
        shown = f" {arg.hex()}" if full or len(arg) <= _LONG_MESSAGE else ""
        return Fault((f"Cannot parse header{shown}", *failure.reasons))
    walk = Walk(arg, header)
    taken = 0
    if expected is not None:
        fault = _first_argument(walk, header, expected, full=full)
        if fault is not None:
            return fault
        taken = 1
    return _rest(walk, header, taken, full=full)


def _first_argument(walk: Walk, header: Header, expected: Type, *, full: bool) -> Fault | None:
    if not header.args:
        return None if isinstance(expected, Opt) or expected in (RESERVED, NULL) else _missing(expected, full=full)
    return _one(walk, 0, header.args[0], expected, full=full)


def _missing(expected: Type, *, full: bool) -> Fault:
    if not (full or is_short(expected)):
        return Fault(("No more values on the wire",))
    shown = printed(expected)
    return Fault((f"No more values on the wire, the expected type {shown} is not opt, null, or reserved",))


def _one(walk: Walk, number: int, wire: Type, expected: Type, *, full: bool) -> Fault | None:
    try:
        walk.argument(wire, expected)
    except Failure as failure:
        between = ""
        if full or (is_short(wire) and is_short(expected)):
            between = f" from {printed(wire)} to {printed(expected)}"
        chain = (f"Fail to decode argument {number}{between}", str(failure))
        return Fault((walk.state(), *chain) if full else chain)
    return None


def _rest(walk: Walk, header: Header, taken: int, *, full: bool) -> Fault | None:
    for number, wire in enumerate(header.args[taken:], taken):
        fault = _one(walk, number, wire, RESERVED, full=full)
        if fault is not None:
            return fault
    if walk.at_end:
        return None
    trailing = "Trailing value after finishing deserialization"
    return Fault((trailing, walk.state()) if full else (trailing,))
