"""Which values a condition or an action may name for each part of a ticket: what is unknown is refused when written."""

from collections.abc import Callable
from typing import Any

from vex_domain.configuration.reader import DocumentReader
from vex_domain.fields.decimal_texts import millionths
from vex_domain.fields.field_definitions import TicketField, TicketFields
from vex_domain.refusals import Invalid
from vex_domain.text_rules import check_line
from vex_domain.ticket_rules import PRIORITIES, TAG_CHARACTERS, WORD_BYTES
from vex_domain.triggers.ticket_facts import FIELD, HOURS_SINCE, NUMBERS, TEXTS
from vex_domain.workflow.workflow_model import CATEGORIES, TicketLife

LARGEST_PERSON = 10**15 - 1
LARGEST_TEAM = (1 << 32) - 1
LONGEST_TEXT = 100
LONGEST_HOURS = 24 * 366

Read = Callable[[DocumentReader], Any]


class Known:
    """What an organisation's conditions and actions may name. `teams` empty: any team."""

    __slots__ = ("fields", "life", "teams")

    def __init__(self, life: TicketLife, fields: TicketFields, teams: frozenset[int]) -> None:
        self.life = life
        self.fields = fields
        self.teams = teams


def comparable(amount: Any) -> Any:
    """An amount as it compares: decimal texts as whole numbers of their sixth place, dates and ints as they are."""
    if isinstance(amount, str) and (len(amount) != 10 or amount[4] != "-"):
        return millionths(amount)
    return amount


def value_reader(reader: DocumentReader, name: str, comparison: str, known: Known) -> Read:
    """How values to compare `name` with are read. Raises Invalid for an unknown name or a senseless comparison."""
    if name.startswith(FIELD):
        return _own_field_reader(reader, name[len(FIELD) :], comparison, known.fields)
    if comparison in ("more_than", "less_than"):
        if name not in HOURS_SINCE:
            raise reader.refuse(name + " has no more and less")
        return lambda item: item.whole(0, LONGEST_HOURS)
    if name in HOURS_SINCE:
        raise reader.refuse(name + " is only compared by more_than and less_than")
    listed = name == "tags" or name in TEXTS
    if comparison in ("includes", "excludes") and not listed:
        raise reader.refuse(name + " includes nothing")
    if name == "tags" and comparison not in ("includes", "excludes", "present", "changed"):
        raise reader.refuse("tags are only compared by includes, excludes, present and changed")
    return header_reader(reader, name, known)


def header_reader(reader: DocumentReader, name: str, known: Known) -> Read:
    """How values of a part that every ticket has are read. Raises Invalid for an unknown name."""
    words = {
        "status": tuple(known.life.states),
        "category": CATEGORIES,
        "kind": tuple(known.life.kinds),
        "priority": PRIORITIES,
    }
    if name in words:
        return lambda item: item.word(words[name])
    if name == "team":
        return lambda item: _team(item, known)
    if name in NUMBERS:
        return lambda item: item.whole(1, LARGEST_PERSON)
    if name == "tags":
        return lambda item: item.text(TAG_CHARACTERS)
    if name in TEXTS:
        return lambda item: item.text(LONGEST_TEXT)
    raise reader.refuse(name + " is not part of a ticket")


def language_value(item: DocumentReader) -> str:
    """A ticket's language, no longer than one that a person may give. Raises Invalid, TooLarge."""
    check_line(item.path, item.text(WORD_BYTES), WORD_BYTES, WORD_BYTES)
    return str(item.value)


def own_field(reader: DocumentReader, word: str, fields: TicketFields) -> TicketField:
    """An organisation's own field by its id. Raises Invalid."""
    field = fields.by_id.get(word)
    if field is None:
        raise reader.refuse(word + " is not a field of this organisation")
    return field


def field_value(item: DocumentReader, field: TicketField) -> Any:
    """A value of a field as it is kept, without its tag. Raises Invalid, TooLarge."""
    value = item.value
    if field.type.tag == "Choices":
        shaped = isinstance(value, list) and all(isinstance(choice, str) for choice in value)
    else:
        shaped = isinstance(value, bool if field.type.tag == "Checkbox" else str)
    if not shaped:
        raise item.refuse("is not a value of a " + field.type_name + " field")
    return field.type.kept(item.path, value)


def _own_field_reader(reader: DocumentReader, word: str, comparison: str, fields: TicketFields) -> Read:
    field = own_field(reader, word, fields)
    tag = field.type.tag
    if comparison in ("more_than", "less_than") and tag not in ("Number", "Date"):
        raise reader.refuse("a " + field.type_name + " field has no more and less")
    if comparison in ("includes", "excludes"):
        if tag == "Choices":
            return lambda item: field_value(DocumentReader(item.path, [item.value]), field)[0]
        if tag != "Text":
            raise reader.refuse("a " + field.type_name + " field includes nothing")
        return lambda item: item.text(LONGEST_TEXT)
    return lambda item: field_value(item, field)


def _team(item: DocumentReader, known: Known) -> int:
    team = item.whole(1, LARGEST_TEAM)
    if known.teams and team not in known.teams:
        raise Invalid(item.path, str(team) + " is not a team of the section assignment")
    return team
