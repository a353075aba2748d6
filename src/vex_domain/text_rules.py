"""Which texts are accepted: lengths in characters and UTF-8 bytes, no control characters."""

from collections.abc import Callable

from vex_domain.refusals import Invalid, TooLarge

CONTROLS = frozenset((*range(32), *range(0x7F, 0xA0)))
LINE_CONTROLS = frozenset(b"\t\n\r")
NAME_CHARACTERS = 100
NAME_BYTES = 240
ERASED_TEXT = "[erased]"
"""What stands in the place of a line that was erased."""


def _blanked(controls: frozenset[int]) -> bytes:
    """A table that turns these characters of Latin-1 into spaces."""
    return bytes([0x20 if number in controls else number for number in range(256)])


_OF_A_LINE = _blanked(CONTROLS)
_OF_LINES = _blanked(CONTROLS - LINE_CONTROLS)


def control_in(text: str, of_lines: bool, /) -> bool:
    """Whether a text has a control character; with `of_lines` other than tab, line feed and carriage return."""
    # All control characters are in Latin-1; what is not, is left out.
    letters = text.encode("latin-1", "ignore")
    return letters.translate(_OF_LINES if of_lines else _OF_A_LINE) != letters


_has_control: Callable[[str, bool], bool] = control_in
try:
    import _texts  # type: ignore[import-not-found] # in C, where the runtime offers it
except ImportError:
    pass
else:
    _has_control = _texts.has_control


def check_line(field: str, text: str, characters: int, octets: int) -> None:
    """A one-line text that must not be blank. Raises Invalid, TooLarge."""
    plain = text.isascii() and not _has_control(text, False) and not text.isspace()
    if plain and 0 < len(text) <= characters and len(text) <= octets:
        return
    check_short(field, text, characters, octets)
    if not text.strip():
        raise Invalid(field, "is empty")


def check_name(field: str, text: str) -> None:
    """The name of a person, team or organisation: at most 100 characters, 240 bytes. Raises Invalid, TooLarge."""
    check_line(field, text, NAME_CHARACTERS, NAME_BYTES)


def check_short(field: str, text: str, characters: int, octets: int) -> None:
    """A one-line text that may be empty. Raises Invalid, TooLarge."""
    if len(text) > characters:
        raise TooLarge(field, characters, len(text))
    if _has_control(text, False):
        raise Invalid(field, "has a control character")
    size = len(text.encode())
    if size > octets:
        raise TooLarge(field, octets, size)


def check_body(field: str, text: str, characters: int) -> bytes:
    """A text of many lines that must not be blank; returns its UTF-8 bytes. Raises Invalid, TooLarge."""
    if len(text) > characters:
        raise TooLarge(field, characters, len(text))
    if not text or text.isspace():
        raise Invalid(field, "is empty")
    if _has_control(text, True):
        raise Invalid(field, "has a control character")
    return text.encode()


def cut(text: str, octets: int) -> str:
    """The beginning of a text that takes at most so many bytes of UTF-8."""
    return text.encode()[:octets].decode("utf-8", "ignore")


def pages_of(body: bytes, page: int) -> list[bytes]:
    """`body` in pieces of at most `page` bytes."""
    if 0 < len(body) <= page:
        return [body]
    return [body[start : start + page] for start in range(0, len(body), page)]
