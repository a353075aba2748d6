"""A flame graph as SVG: a box for each call, as wide as its instructions, callers below what they call."""

from collections.abc import Iterator
from html import escape
from zlib import crc32

from canister_runtime.profile.report import Call

WIDTH = 1200
_ROW = 18
_LETTER = 6.5
_NARROWEST = 0.5
"""Boxes of less than this many pixels are left out; who called them shows the room."""
_STYLE = "<style>text { font: 11px monospace; pointer-events: none } g:hover rect { stroke: black }</style>"


def flame_graph(calls: list[Call]) -> str:
    """The SVG's text. Boxes show name, place, instructions and share when pointed at."""
    laid_out = list(_lay_out(calls))
    height = (max(level for _, _, level in laid_out) + 1) * _ROW
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    everything = max(calls[0].total, 1)
    boxes = [
        _box(call, left / everything, call.total / everything, height - (level + 1) * _ROW)
        for call, left, level in laid_out
        if call.total * WIDTH >= _NARROWEST * everything
    ]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', _STYLE, *boxes, "</svg>\n"])


def _lay_out(calls: list[Call]) -> Iterator[tuple[Call, int, int]]:
    """Each call with what lies left of it, in instructions, and its level above the root."""
    children: dict[int, list[int]] = {}
    for number, call in enumerate(calls[1:], 1):
        children.setdefault(call.parent, []).append(number)
    waiting = [(0, 0, 0)]
    while waiting:
        number, left, level = waiting.pop()
        yield calls[number], left, level
        for child in sorted(children.get(number, []), key=lambda each: calls[each].name):
            waiting.append((child, left, level + 1))
            left += calls[child].total


def _box(call: Call, left: float, share: float, top: int) -> str:
    x, width = left * WIDTH, share * WIDTH
    letters = int(width / _LETTER)
    name = call.name if len(call.name) <= letters else f"{call.name[: letters - 1]}…" if letters > 2 else ""
    took = f"{call.total:,} instructions ({100 * share:.1f} %), {call.own:,} itself, {call.calls} calls"
    return (
        f"<g><title>{escape(f'{call.name} {call.place}: {took}')}</title>"
        f'<rect x="{x:.2f}" y="{top}" width="{width:.2f}" height="{_ROW - 1}" fill="{_colour(call)}"/>'
        f'<text x="{x + 3:.2f}" y="{top + 12}">{escape(name)}</text></g>'
    )


def _colour(call: Call) -> str:
    """Warm for the canister's own code, cool for what comes with the runtime; the same function has the same colour."""
    shade = crc32(f"{call.name}{call.place}".encode()) % 40
    hue = 15 + shade if call.place.startswith("<canister>") else 190 + shade
    return f"hsl({hue} 80% 70%)"
