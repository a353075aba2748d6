"""The catalogue of texts as the index answers it."""

from typing import Any

from vex_domain.configuration.labels import TAG_LENGTH
from vex_domain.texts.errors import ERRORS
from vex_domain.texts.languages import render

LANGUAGES_MOST = 8


def error_texts(languages: list[str]) -> list[dict[str, Any]]:
    """The records `ErrorText` in the order of codes; of the wished languages the first eight count."""
    wished: list[str | None] = [language[:TAG_LENGTH] for language in languages[:LANGUAGES_MOST]]
    records = []
    for code in sorted(ERRORS):
        found = render(ERRORS[code], wished, {})
        record = {"code": code, "text": found.text, "language": found.language, "right_to_left": found.right_to_left}
        records.append(record)
    return records
