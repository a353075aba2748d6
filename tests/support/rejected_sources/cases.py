"""A source that must be refused, and how the tables write one in a line."""

from typing import NamedTuple


class Rejected(NamedTuple):
    """`line` counts from 1 in `file`."""

    rule: str
    line: int
    files: str | dict[str, str]
    file: str = "main.py"


KYBRA = "from kybra import *\n"


def body(rule: str, line: int, *members: str, base: str = "Record") -> Rejected:
    """The members of a Candid class, from line 3 on."""
    return Rejected(rule, line, KYBRA + f"class A({base}):\n" + "".join(f"    {member}\n" for member in members))


def method(rule: str, signature: str, *, decorator: str = "@update", line: int = 3) -> Rejected:
    """A method with these parameters and result."""
    return Rejected(rule, line, KYBRA + f"{decorator}\ndef m{signature}:\n    pass\n")


def member(rule: str, kind: str) -> Rejected:
    """A record whose one member has this type."""
    return Rejected(rule, 3, KYBRA + f"class A(Record):\n    a: {kind}\n")


def service(rule: str, line: int, *members: str) -> Rejected:
    """The members of a service, from line 3 on."""
    return body(rule, line, *members, base="Service")


def stable_map(rule: str, declaration: str) -> Rejected:
    """A declaration below Kybra's import."""
    return Rejected(rule, 2, KYBRA + declaration + "\n")


def packaged(rule: str, line: int, file: str, text: str, main: str = "import app.part\n") -> Rejected:
    """A module of a package that the entry imports."""
    return Rejected(rule, line, {"main.py": main, "app/__init__.py": "", file: text}, file)


FIELDS = "    @service_query\n    def a(self) -> nat: ...\n"
GUARD = "def only() -> GuardResult:\n    return {'Ok': None}\n"
METHOD = "from kybra import nat, query\n@query\ndef m() -> nat:\n    return 1\n"
