"""Runs test files of the Candid specification (`*.test.did`; format in the specification's `test/README.md`)."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from candid.codec import decode
from candid.did import TypeParser
from candid.errors import CandidError
from candid.lexer import END, TEXT, WORD, Cursor
from candid.text import parse_args
from candid.types import Type


class Input(NamedTuple):
    """What is decoded: a message's bytes, or the text form of its arguments."""

    blob: bytes | None
    text: str


class Assertion(NamedTuple):
    """One `assert`; `operator` is ":", "!:", "==" or "!=" (then `other` is the right-hand side)."""

    line: int
    left: Input
    operator: str
    other: Input | None
    types: tuple[Type, ...]
    description: str


class Outcome(NamedTuple):
    """An assertion and why it failed, or None."""

    assertion: Assertion
    failure: str | None


class Suite(NamedTuple):
    """A parsed test file."""

    env: dict[str, Type]
    assertions: list[Assertion]

    def run(self) -> list[Outcome]:
        """Check every assertion."""
        return [Outcome(assertion, _check(assertion, self.env)) for assertion in self.assertions]


def parse_suite(source: str) -> Suite:
    """Parse a test file. Raises TextError."""
    parser = _Parser(source)
    env: dict[str, Type] = {}
    assertions: list[Assertion] = []
    while parser.at.token.kind != END:
        if parser.at.take("type"):
            name = parser.at.name()
            parser.at.expect("=")
            env[name] = parser.types.datatype()
        else:
            assertions.append(parser.assertion())
        if parser.at.token.kind != END:
            parser.at.expect(";")
    return Suite(env, assertions)


class _Parser:
    def __init__(self, source: str) -> None:
        self.at = Cursor(source)
        self.types = TypeParser(self.at)

    def assertion(self) -> Assertion:
        line = self.at.source.count("\n", 0, self.at.token.offset) + 1
        self.at.expect("assert")
        left = self.input()
        operator = self.at.next().value
        other = None
        if operator in ("==", "!="):
            other = self.input()
            self.at.expect(":")
        elif operator not in (":", "!:"):
            raise self.at.fail(f"{operator!r} is no assertion")
        types = self.types.tuple()
        description = self.at.text() if self.at.token.kind == TEXT else ""
        return Assertion(line, left, operator, other, types, description)

    def input(self) -> Input:
        if self.at.token.kind == WORD:
            self.at.expect("blob")
            return Input(self.at.next().raw, "")
        return Input(None, self.at.text())


def _check(assertion: Assertion, env: dict[str, Type]) -> str | None:
    try:
        left = _values(assertion.left, assertion.types, env)
        right = None if assertion.other is None else _values(assertion.other, assertion.types, env)
    except CandidError as error:
        return None if assertion.operator == "!:" else str(error)
    if assertion.operator == "!:":
        return f"decodes to {left!r}"
    if assertion.other is not None and (left == right) != (assertion.operator == "=="):
        return f"{left!r} {assertion.operator} {right!r} does not hold"
    return None


def _values(source: Input, types: tuple[Type, ...], env: dict[str, Type]) -> list[Any]:
    return parse_args(source.text, types, env) if source.blob is None else decode(types, source.blob, env)


def main(paths: list[str]) -> int:
    """Run the files; prints what failed and returns the number of failures."""
    failures = 0
    for path in paths:
        outcomes = parse_suite(Path(path).read_text(encoding="utf-8")).run()
        failed = [outcome for outcome in outcomes if outcome.failure]
        failures += len(failed)
        for assertion, failure in failed:
            sys.stdout.write(f"{path}:{assertion.line}: {assertion.description}: {failure}\n")
        sys.stdout.write(f"{path}: {len(outcomes) - len(failed)} of {len(outcomes)} hold\n")
    return failures


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
