"""The languages of the catalogue, and how its texts are filled in."""

from collections.abc import Mapping
from typing import NamedTuple

from vex_domain.configuration.labels import fallback_chain, is_right_to_left

LANGUAGES = ("en", "de", "es", "fr", "pt", "ar", "hi", "ja", "zh")
ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"


class Rendered(NamedTuple):
    """A text, the language it is in, and whether that is written from right to left."""

    text: str
    language: str
    right_to_left: bool


def in_all(*texts: str) -> dict[str, str]:
    """One text in every language, in the order of LANGUAGES. Raises ValueError when one is missing."""
    return dict(zip(LANGUAGES, texts, strict=True))


def render(texts: Mapping[str, str], languages: list[str | None], values: Mapping[str, object]) -> Rendered:
    """The text for somebody with these languages, the dearest first, with `values` in the place of {names}.

    What is filled in stands between directional isolates (UAX #9) where the text runs from right to left, so that a
    Latin name cannot turn the order of the words around it.
    """
    language = next((tag for tag in fallback_chain(languages) if tag in texts), next(iter(texts)))
    text = texts[language]
    backwards = is_right_to_left(language)
    for name, value in values.items():
        filled = str(value)
        text = text.replace("{" + name + "}", ISOLATE + filled + POP_ISOLATE if backwards else filled)
    return Rendered(text, language, backwards)
