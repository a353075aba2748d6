"""Labels: texts that people read, in one language or in several, and which of them somebody gets."""

from collections.abc import Iterable
from typing import Any

from vex_domain.configuration.reader import DocumentReader

LABEL_CHARACTERS = 100
LANGUAGES_MOST = 32
TAG_LENGTH = 16
LAST_RESORT = "en"
RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ps", "ur", "yi")

Label = str | dict[str, str]


def check_tag(reader: DocumentReader) -> str:
    """A language tag (BCP 47, RFC 5646) in lower case: `en`, `pt-br`. Raises Invalid."""
    tag = reader.value
    if not isinstance(tag, str) or not 2 <= len(tag) <= TAG_LENGTH or tag != tag.lower() or not tag.isascii():
        raise reader.refuse("is not a language tag in lower case")
    parts = tag.split("-")
    if not (2 <= len(parts[0]) <= 3 and parts[0].isalpha() and all(part.isalnum() for part in parts)):
        raise reader.refuse("is not a language tag in lower case")
    return tag


def check_label(reader: DocumentReader, characters: int = LABEL_CHARACTERS) -> Label:
    """A label: one text, or an object of texts by language tag. Raises Invalid, TooLarge."""
    if isinstance(reader.value, str):
        return reader.text(characters)
    texts: dict[str, str] = {}
    for tag, text in reader.members(LANGUAGES_MOST):
        texts[check_tag(DocumentReader(reader.path, tag))] = text.text(characters)
    if not texts:
        raise reader.refuse("has no text")
    return texts


def fallback_chain(languages: Iterable[str | None]) -> list[str]:
    """The wished languages in order, each followed by what is more general: `pt-br`, `pt`, then English."""
    chain: list[str] = []
    for language in languages:
        tag = (language or "").lower()
        while tag:
            if tag not in chain:
                chain.append(tag)
            tag = tag.rpartition("-")[0]
    if LAST_RESORT not in chain:
        chain.append(LAST_RESORT)
    return chain


def chosen(label: Any, languages: Iterable[str | None]) -> str:
    """The text of a label for somebody with these languages, the dearest first; any text is better than none."""
    if isinstance(label, str):
        return label
    for tag in fallback_chain(languages):
        if tag in label:
            return str(label[tag])
    return str(next(iter(label.values())))


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.lower().partition("-")[0] in RIGHT_TO_LEFT
