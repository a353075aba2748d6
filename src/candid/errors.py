"""What the codec and the parsers raise: one tree, so that a caller can catch `CandidError` alone."""


class CandidError(ValueError):
    """Anything that is wrong with Candid bytes, values, types or text."""


class DecodeError(CandidError):
    """The bytes are damaged, break a limit, or hold a value that does not fit the expected type."""


class Mismatch(DecodeError):
    """Well-formed bytes whose value does not fit the expected type; below an `opt` it becomes null."""


class EncodeError(CandidError):
    """A Python value does not fit its Candid type; `path` leads to it, outermost first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.path: list[str] = []

    def within(self, step: str) -> "EncodeError":
        """Note that the failing value stands under `step` (a label or an index); returns itself."""
        self.path.insert(0, step)
        return self

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.message}" if self.path else self.message


class TextError(CandidError):
    """Candid text that does not parse; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column
