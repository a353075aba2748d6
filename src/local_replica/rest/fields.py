"""Typed access to a JSON body; a wrong field is refused with its path and place, as PocketIC does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from local_replica.rest.base64_reader import NotBase64, read_base64
from local_replica.rest.errors import BodyError
from local_replica.rest.json_reader import Located, place, read_json, unreadable

T = TypeVar("T")
_INTEGERS = range(-(1 << 63), 1 << 64)
"""Others are read as floating point."""
_LISTED = 3
"""So many names are told as a list."""


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of the body. `path` is where it stands, e.g. "subnet_config_set.application[0]"."""

    text: str
    located: Located
    path: str = ""

    @classmethod
    def of(cls, body: bytes) -> "Fields":
        """Parse a body. Raises BodyError."""
        text = body.decode("latin-1")
        return cls(text, read_json(text))

    def refuse(self, why: str, offset: int, name: str = "") -> BodyError:
        """Make the refusal of a field."""
        path = ".".join(part for part in (self.path, name) if part)
        return BodyError(
            422,
            "Failed to deserialize the JSON body into the target type: "
            f"{path + ': ' if path else ''}{why} at {place(self.text, offset)}",
        )

    def _get(self, name: str) -> Located | None:
        content = self.located.content
        if not isinstance(content, dict):
            raise self.refuse(f"invalid type: {_kind(self.located)}, expected a map", self.located.end)
        return content.get(name)

    def _need(self, name: str) -> Located:
        found = self._get(name)
        if found is None:
            raise self.refuse(f"missing field `{name}`", self.located.end)
        return found

    def require(self, names: Iterable[str]) -> None:
        """Check that fields are there, in the order in which their absence is told."""
        for name in names:
            self._need(name)

    def has(self, name: str) -> bool:
        """Whether a field is there and not null."""
        found = self._get(name)
        return found is not None and found.content is not None

    def string(self, name: str) -> str:
        """A text."""
        found = self._need(name)
        if not isinstance(found.content, str):
            raise self.refuse(f"invalid type: {_kind(found)}, expected a string", found.end, name)
        return found.content

    def blob(self, name: str) -> bytes:
        """Bytes in base64."""
        text = self.string(name)
        try:
            return read_base64(text)
        except NotBase64 as error:
            raise self.refuse(str(error), self.located.end, name) from error

    def u64(self, name: str) -> int:
        """A number of 64 bits without sign."""
        return self._unsigned(name, 64)

    def u16(self, name: str) -> int:
        """A number of 16 bits without sign."""
        return self._unsigned(name, 16)

    def _unsigned(self, name: str, bits: int) -> int:
        found = self._need(name)
        number = found.content
        if isinstance(number, bool) or not isinstance(number, int) or number not in _INTEGERS:
            raise self.refuse(f"invalid type: {_kind(found)}, expected u{bits}", found.end, name)
        if not 0 <= number < 1 << bits:
            raise self.refuse(f"invalid value: integer `{number}`, expected u{bits}", found.end, name)
        return number

    def u128(self, name: str) -> int:
        """A number of 128 bits without sign; its faults count as unreadable JSON."""
        found = self._need(name)
        if isinstance(found.content, bool) or not isinstance(found.content, int):
            raise unreadable(self.text, f"{name}: invalid number", found.start + 1)
        if not 0 <= found.content < 1 << 128:
            raise unreadable(self.text, f"{name}: number out of range", found.start + 1)
        return found.content

    def object(self, name: str, expected: str) -> "Fields":
        """A nested object, described in errors as `expected`."""
        found = self._need(name)
        if not isinstance(found.content, dict):
            raise self.refuse(f"invalid type: {_kind(found)}, expected {expected}", found.end, name)
        return Fields(self.text, found, ".".join(part for part in (self.path, name) if part))

    def list(self, name: str, each: Callable[["Fields"], T]) -> list[T]:
        """A list of objects, each read by `each`."""
        found = self._need(name)
        if not isinstance(found.content, list):
            raise self.refuse(f"invalid type: {_kind(found)}, expected a sequence", found.end, name)
        path = ".".join(part for part in (self.path, name) if part)
        return [each(Fields(self.text, one, f"{path}[{index}]")) for index, one in enumerate(found.content)]

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self._need(name)
        if not isinstance(found.content, list):
            raise self.refuse(f"invalid type: {_kind(found)}, expected a sequence", found.end, name)
        texts = []
        for index, one in enumerate(found.content):
            if not isinstance(one.content, str):
                raise self.refuse(f"invalid type: {_kind(one)}, expected a string", one.end, f"{name}[{index}]")
            texts.append(one.content)
        return tuple(texts)

    def variant(self, name: str, names: tuple[str, ...], bare: tuple[str, ...] = ()) -> tuple[str, "Fields | None"]:
        """One of `names`: an object with that one key, which then is returned for its value, or a text for `bare`."""
        found = self._need(name)
        return Fields(self.text, found, ".".join(part for part in (self.path, name) if part)).choice(names, bare)

    def choice(self, names: tuple[str, ...], bare: tuple[str, ...] = ()) -> tuple[str, "Fields | None"]:
        """This value as a variant: one of `names`, and this if there is a payload, to be asked for by that name."""
        found = self.located
        if isinstance(found.content, str):
            chosen = self._known(found.content, names)
            if chosen not in bare:
                raise self.refuse("invalid type: unit variant, expected newtype variant", found.end)
            return chosen, None
        if not isinstance(found.content, dict):
            raise self._unreadable("expected value", found.start + 1)
        if len(found.content) != 1:
            raise self._unreadable("expected value", found.end)
        chosen = self._known(next(iter(found.content)), names)
        inner = found.content[chosen]
        if chosen not in bare:
            return chosen, self
        if inner.content is not None:
            raise self.refuse(f"invalid type: {_kind(inner)}, expected unit", inner.end, chosen)
        return chosen, None

    def _known(self, chosen: str, names: tuple[str, ...]) -> str:
        if chosen not in names:
            quoted = [f"`{one}`" for one in names]
            listed = " or ".join(quoted) if len(quoted) < _LISTED else f"one of {', '.join(quoted)}"
            raise self.refuse(f"unknown variant `{chosen}`, expected {listed}", self.located.end)
        return chosen

    def _unreadable(self, why: str, offset: int) -> BodyError:
        """Make the refusal of a value that the reader of its type takes for no JSON."""
        return unreadable(self.text, f"{self.path + ': ' if self.path else ''}{why}", offset)


def _kind(located: Located) -> str:
    content = located.content
    if isinstance(content, bool):
        return f"boolean `{str(content).lower()}`"
    if isinstance(content, str):
        return f'string "{content}"'
    if isinstance(content, int) and content in _INTEGERS:
        return f"integer `{content}`"
    if isinstance(content, int | float):
        return f"floating point `{_written_out(float(content))}`"
    return "null" if content is None else "sequence" if isinstance(content, list) else "map"


def _written_out(number: float) -> str:
    """A number without exponent and with a point, as Rust prints it."""
    text = format(Decimal(repr(number)), "f")
    return text if "." in text else f"{text}.0"
