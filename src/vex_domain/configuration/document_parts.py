"""An object of a configuration document, read key by key: what is wrong is named by its path, what is left over too."""

from collections.abc import Iterator
from typing import Any

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid, TooLarge

WORD_CHARACTERS = 16
WORD_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def check_id(field: str, word: str, longest: int = WORD_CHARACTERS) -> str:
    """An id of a document: 1-16 of a-z, 0-9 and _. Raises Invalid, TooLarge."""
    if len(word) > longest:
        raise TooLarge(field, longest, len(word))
    if not word or not WORD_LETTERS.issuperset(word):
        raise Invalid(field, "is not 1-" + str(longest) + " of a-z, 0-9 and _")
    return word


class Part:
    """A JSON object at `path`. Each reader names a key; `finish` refuses keys that no reader named."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise Invalid(path, "is not an object")
        self.path = path
        self._value: dict[str, Any] = value
        self._read: set[str] = set()

    def at(self, key: str) -> str:
        """The path of a key."""
        return self.path + "." + key

    def has(self, key: str) -> bool:
        """Whether the key stands here and is not null."""
        return self._value.get(key) is not None

    def raw(self, key: str) -> Any:
        """Whatever stands under the key; None without it."""
        self._read.add(key)
        return self._value.get(key)

    def _of(self, key: str, kind: type, named: str) -> Any:
        value = self.raw(key)
        if value is None:
            raise Invalid(self.at(key), "is missing")
        if type(value) is not kind:
            raise Invalid(self.at(key), "is not " + named)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Raises Invalid."""
        if default is not None and not self.has(key):
            self._read.add(key)
            return default
        text: str = self._of(key, str, "a text")
        return text

    def word(self, key: str, default: str | None = None) -> str:
        """An id. Raises Invalid, TooLarge."""
        return check_id(self.at(key), self.text(key, default))

    def one_of(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        """One of the words. Raises Invalid."""
        word = self.text(key, default)
        if word not in words:
            raise Invalid(self.at(key), "is not one of " + ", ".join(words))
        return word

    def flag(self, key: str, default: bool) -> bool:
        """True or false. Raises Invalid."""
        if not self.has(key):
            self._read.add(key)
            return default
        flag: bool = self._of(key, bool, "true or false")
        return flag

    def number(self, key: str, least: int, most: int) -> int:
        """An int of `least` … `most`. Raises Invalid."""
        number: int = self._of(key, int, "a whole number")
        if not least <= number <= most:
            raise Invalid(self.at(key), "is not in " + str(least) + ".." + str(most))
        return number

    def optional_number(self, key: str, least: int, most: int) -> int | None:
        """As `number`, None without the key. Raises Invalid."""
        if self.has(key):
            return self.number(key, least, most)
        self._read.add(key)
        return None

    def label(self, key: str, default: str) -> Any:
        """A text, or texts by language; `default` without the key. Raises Invalid, TooLarge."""
        value = self.raw(key)
        return default if value is None else check_label(DocumentReader(self.at(key), value))

    def list(self, key: str, most: int) -> Any:
        """A list of at most `most`; empty without the key. Raises Invalid, TooLarge."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(self.at(key), "is not a list")
        if len(value) > most:
            raise TooLarge(self.at(key), most, len(value))
        return value

    def parts(self, key: str, most: int) -> "Iterator[Part]":
        """The objects of a list. Raises Invalid, TooLarge."""
        for number, value in enumerate(self.list(key, most)):
            yield Part(value, self.at(key) + "[" + str(number) + "]")

    def words(self, key: str, most: int) -> tuple[str, ...]:
        """Different ids of a list; one text stands for a list of one. Raises Invalid, TooLarge."""
        value = self.raw(key)
        words = [value] if isinstance(value, str) else self.list(key, most)
        for number, word in enumerate(words):
            path = self.at(key) + "[" + str(number) + "]"
            if not isinstance(word, str):
                raise Invalid(path, "is not a text")
            check_id(path, word)
            if word in words[:number]:
                raise Invalid(path, word + " stands there twice")
        return tuple(words)

    def finish(self) -> None:
        """Raises Invalid for a key that nothing here reads: a typing error would pass unseen."""
        for key in self._value:
            if key not in self._read:
                raise Invalid(self.path, "has the unknown key " + str(key)[:WORD_CHARACTERS])
