"""Section `languages`: which language an organisation speaks, and to which it falls back."""

from typing import Any

from vex_domain.configuration.labels import LANGUAGES_MOST, check_tag
from vex_domain.configuration.reader import DocumentReader

DEFAULT: dict[str, Any] = {"default": "en"}


class LanguageRules:
    """The organisation's own language, then those that it also offers."""

    __slots__ = ("default", "offered")

    def __init__(self, default: str, offered: tuple[str, ...]) -> None:
        self.default = default
        self.offered = offered

    def for_person(self, wished: str | None) -> list[str]:
        """The languages to look a text up in: the person's wish when it is offered (or nothing is said), then ours."""
        if wished is None or (self.offered and wished.partition("-")[0] not in self.offered):
            return [self.default]
        return [wished, self.default]


def compile_languages(document: DocumentReader, _rules: Any) -> LanguageRules:
    """`{"default": tag, "offered": [tag, …]}`; nothing offered means whatever there is a text for. Raises Invalid."""
    document.only("default", "offered")
    default = check_tag(document.member("default"))
    offered = [check_tag(item) for item in document.member_or("offered", []).items(LANGUAGES_MOST)]
    if offered and default not in offered:
        raise document.refuse("does not offer its default language")
    return LanguageRules(default, tuple(tag.partition("-")[0] for tag in offered))
