"""Writes docs/reference/replica-errors.md: in tests/, `python -m support.error_page`.

`error_variants.txt` has the tables. A line is the number of the error code, the text (`…` is what varies) and, behind
`##`, why that is never seen here.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_replica.rejections import ERROR_NUMBERS
from support.recorded_modules import RECORDINGS
from support.system_api_page import REFUSED_METHODS

ROOT = Path(__file__).parents[2]
LISTED = Path(__file__).with_name("error_variants.txt")
PAGE = ROOT / "docs" / "reference" / "replica-errors.md"
DOORS = ("rest", "hostile", "http", "live", "canister")
"""The integration tests that have refusals of the REST server and the HTTP API."""
TESTS = [
    *sorted((ROOT / "tests").glob("unit/local_replica/**/test_*.py")),
    *(path for door in DOORS for path in sorted((ROOT / "tests/integration").glob(f"test_{door}_*.py"))),
]
SOURCES = sorted((ROOT / "src" / "local_replica").rglob("*.py"))
SUBJECTS = ("traps", "replies", "calls", "modules", "management", "cycles", "http", "rest")
TELLING = 12
"""Characters of a text that tell it from others."""
CODES = {number: name for name, number in ERROR_NUMBERS.items()}

_HEAD = """# The replica's errors

What the genuine replica's source can answer besides success, read variant by variant: the number of the error code
(its hundreds are the reject code; 1 and 2 are reject codes of their own; 0 has none), the text (`…` varies; advice
behind it is left out; a name where the text is of no use), and a recording or a test that shows it here, or why nobody
sees it. Headings of the doors (REST server, HTTP API, gateways) name the statuses. Calling canisters read `IC0` and the
number in front of most texts. `tests/conformance/test_error_variants.py` holds this page against the recordings, the
tests and the sources; `tests/support/error_page.py` writes it.
"""


@dataclass(frozen=True)
class Variant:
    """One way to fail."""

    number: int
    text: str
    reason: str
    """Why it is not seen; empty where it is."""

    @property
    def pieces(self) -> list[str]:
        """What does not vary."""
        return [piece for piece in self.text.split("…") if piece]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(".*?".join(map(re.escape, self.text.split("…"))), re.DOTALL)


@cache
def tables() -> dict[str, tuple[Variant, ...]]:
    """The rows by the part of the replica that fails."""
    parts = LISTED.read_text(encoding="utf-8").removeprefix("# ").split("\n# ")
    listed = (part.strip().split("\n") for part in parts)
    return {title: tuple(map(_variant, lines)) for title, *lines in listed}


def _variant(line: str) -> Variant:
    told, _, reason = line.partition(" ## ")
    number, _, text = told.partition(" ")
    return Variant(int(number), text, reason)


def every_variant() -> list[Variant]:
    return [variant for table in tables().values() for variant in table]


# what shows them


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if len(value) > TELLING and re.fullmatch(r"([0-9a-f]{2}|<[^>]*>)+", value):
            pairs = re.sub(r"<[^>]*>", "2e", value)
            yield bytes.fromhex(pairs).decode(errors="replace")
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


@cache
def _recorded(subject: str) -> str:
    """All that a subject's recording says, with a line between texts; bytes as text too."""
    recording = json.loads((RECORDINGS / subject / "recording.json").read_text(encoding="utf-8"))
    return "\n\0".join(_strings(recording))


def recorded_in(variant: Variant) -> str:
    """The recording that shows it; empty if none does."""
    texts = (subject for subject in SUBJECTS if all(piece in _recorded(subject) for piece in variant.pieces))
    for subject in texts:
        if any(variant.pattern.search(text) for text in _recorded(subject).split("\n\0")):
            return subject
    return ""


def template(node: ast.AST) -> str | None:
    """A text in a program, with `…` for what is put into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return node.value.decode(errors="replace")
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def templates(tree: ast.AST) -> list[str]:
    return [text for text in map(template, ast.walk(tree)) if text]


@cache
def _tests() -> tuple[tuple[str, str], ...]:
    """Each test, with all its texts."""
    refused = "\n\0".join(REFUSED_METHODS.values())
    found = [("test_system_api::test_a_refused_method_says_what_the_page_says", refused)]
    for path in TESTS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shared = [
            text for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) for text in templates(node)
        ]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                texts = templates(node) + (shared if "parametrize" in ast.dump(node) else [])
                found.append((f"{path.stem}::{node.name}", "\n\0".join(text.replace("\\", "") for text in texts)))
    return tuple(found)


def tested_by(variant: Variant) -> str:
    """The test that names it, whole or by a piece that tells it from others; empty if none does."""
    whole = [name for name, texts in _tests() if any(map(variant.pattern.search, texts.split("\n\0")))]
    if whole:
        return whole[0]
    for name, texts in _tests():
        for text in texts.split("\n\0"):
            if len(text) >= TELLING and " " in text and _tells(text.strip(), variant):
                return name
    return ""


def _tells(text: str, variant: Variant) -> bool:
    if not any(text in piece for piece in variant.pieces):
        return False
    return sum(any(text in piece for piece in other.pieces) for other in every_variant()) == 1


@cache
def shown_by(variant: Variant) -> str:
    """Where it is seen; empty when it is nowhere."""
    subject = recorded_in(variant)
    return f"recording `{subject}`" if subject else f"`{test}`" if (test := tested_by(variant)) else ""


def rendered() -> str:
    """The page."""
    lines = [_HEAD]
    for title, table in tables().items():
        lines += [f"## {title}", "", "| code | text | shown by |", "|---|---|---|"]
        for variant in table:
            told = variant.text.replace("|", "\\|")
            shown = f"not seen: {variant.reason}" if variant.reason else shown_by(variant)
            lines.append(f"| {variant.number or ''} | {_code(told)} | {shown} |")
        lines.append("")
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
    print(json.dumps({"written": str(PAGE)}))  # noqa: T201 - a script
