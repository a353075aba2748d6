"""Placeholders `{{ticket.subject}}` in canned texts: known ones only, filled with what the ticket says."""

from collections.abc import Callable, Mapping

from vex_domain.refusals import Invalid

OPEN = "{{"
CLOSE = "}}"
LONGEST_NAME = 40
PLAIN = (
    "ticket.id",
    "ticket.subject",
    "ticket.kind",
    "ticket.priority",
    "ticket.status",
    "ticket.requester",
    "ticket.reference",
    "agent.id",
)


def check_placeholders(field: str, text: str, known: Callable[[str], bool]) -> None:
    """Raises Invalid for a placeholder that is not closed or not known."""
    for name in _names(field, text):
        if name not in PLAIN and not known(name):
            raise Invalid(field, "has the unknown placeholder " + name)


def _names(field: str, text: str) -> list[str]:
    names = []
    for piece in text.split(OPEN)[1:]:
        name, closed, _ = piece.partition(CLOSE)
        if not closed or len(name) > LONGEST_NAME:
            raise Invalid(field, "has a {{ without its }}")
        names.append(name.strip())
    return names


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: what a value says is never read as a placeholder."""
    pieces = text.split(OPEN)
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition(CLOSE)
        filled += (values.get(name.strip(), ""), rest)
    return "".join(filled)
