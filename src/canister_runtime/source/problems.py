"""What a check finds: one refusal, where it stands, what Kybra would do with it and how to put it right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A refusal; `line` counts from 1, `column` from 1, `rule` is an id of the rule table."""

    file: str
    line: int
    column: int
    rule: str
    what: str
    kybra: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.rule} {self.what} — Kybra: {self.kybra} — fix: {self.fix}"
