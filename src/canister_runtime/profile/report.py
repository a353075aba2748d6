"""The report of a profiled module: a tree of calls, and the same by function."""

from collections.abc import Iterator
from dataclasses import dataclass

MESSAGE = "message"
"""The root's name: what happens outside of Python functions, decoding and replying above all."""

_COLUMNS = 6


@dataclass(slots=True)
class Call:
    """A function as called from one place of the tree; `own` and `total` in instructions."""

    name: str
    place: str
    parent: int
    calls: int
    own: int
    total: int


@dataclass(slots=True)
class Function:
    """A function wherever it was called; instructions of recursive calls are counted once in `total`."""

    name: str
    place: str
    calls: int = 0
    own: int = 0
    total: int = 0


def read_report(text: str) -> list[Call]:
    """The calls, root first and parents before their children. Raises ValueError for a text that is no report."""
    calls = [_call(number, line) for number, line in enumerate(text.splitlines())]
    if not calls:
        raise ValueError("the profile is empty: no message was profiled")
    for call in reversed(calls[1:]):
        calls[call.parent].total += call.total
    return calls


def functions(calls: list[Call]) -> list[Function]:
    """What each function took, the dearest by itself first."""
    found: dict[tuple[str, str], Function] = {}
    for index, call in enumerate(calls):
        key = call.name, call.place
        function = found.setdefault(key, Function(*key))
        function.calls += call.calls
        function.own += call.own
        if all((calls[above].name, calls[above].place) != key for above in _above(calls, index)):
            function.total += call.total
    return sorted((each for each in found.values() if each.own), key=lambda each: -each.own)


def folded(calls: list[Call]) -> list[str]:
    """A line for each stack, as flame graphs take them: names from the root on, parted by semicolons; instructions."""
    lines = []
    for index, call in enumerate(calls):
        if call.own:
            stack = [calls[above] for above in reversed([index, *_above(calls, index)])]
            lines.append(f"{';'.join([_frame(each) for each in stack])} {call.own}")
    return lines


def _above(calls: list[Call], index: int) -> Iterator[int]:
    while index:
        index = calls[index].parent
        yield index


def _frame(call: Call) -> str:
    return f"{call.name} ({call.place})" if call.place else call.name


def _call(number: int, line: str) -> Call:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"row {number} of the profile has {len(columns)} columns, not {_COLUMNS}")
    parent, file, first_line, name, count, own = columns
    if int(parent) >= max(number, 1):
        raise ValueError(f"row {number} of the profile stands before its caller")
    place = f"{file}:{first_line}" if file else ""
    return Call(name or MESSAGE, place, int(parent), int(count), int(own), int(own))
