"""From the document of the section `macros` to canned changes; refusals name the place."""

from typing import Any

from vex_domain.configuration.document_parts import Part
from vex_domain.configuration.labels import LANGUAGES_MOST, check_tag
from vex_domain.configuration.reader import DocumentReader
from vex_domain.fields.field_changes import Change
from vex_domain.fields.field_definitions import TicketFields
from vex_domain.macros.placeholders import check_placeholders
from vex_domain.refusals import Invalid
from vex_domain.text_rules import check_body
from vex_domain.ticket_rules import COMMENT_CHARACTERS, PRIORITIES, TAGS, check_tags
from vex_domain.workflow.workflow_model import TicketLife

SECTION = "macros"
MACROS_MOST = 200
FIELDS_MOST = 32
LARGEST_ID = (1 << 63) - 1
LARGEST_TEAM = (1 << 31) - 1
ME = "me"
NOBODY = "nobody"


class Macro:
    """A canned change: of state, priority, kind, team, assignee, tags and fields, and a comment by language."""

    __slots__ = (
        "add_tags",
        "assignee",
        "comment",
        "fields",
        "id",
        "internal",
        "kind",
        "label",
        "priority",
        "remove_tags",
        "status",
        "team",
    )

    def __init__(self, part: Part, life: TicketLife, fields: TicketFields) -> None:
        self.id = part.word("id")
        self.label = part.label("label", self.id)
        self.status = _known(part, "status", life.states)
        self.kind = _known(part, "kind", life.kinds)
        self.priority = _known(part, "priority", dict.fromkeys(PRIORITIES))
        self.team = part.optional_number("team", 0, LARGEST_TEAM)
        self.assignee: int | str | None = _assignee(part)
        self.add_tags = _tags(part, "add_tags")
        self.remove_tags = _tags(part, "remove_tags")
        self.fields = _field_changes(part, fields)
        self.comment = _texts(part, "comment", fields)
        self.internal = part.flag("internal", default=False)
        part.finish()
        if not self.comment and not self.changes():
            raise Invalid(part.path, "changes nothing")

    def changes(self) -> bool:
        """Whether it changes the ticket beside commenting."""
        plain = (self.status, self.kind, self.priority, self.team, self.assignee)
        return any(value is not None for value in plain) or bool(self.add_tags or self.remove_tags or self.fields)


def compile_section(document: DocumentReader, rules: Any) -> dict[str, Macro]:
    """The section of `OrganisationRules`. Raises as `compile_macros`."""
    return compile_macros(document.value, rules.workflow, rules.fields)


def compile_macros(document: dict[str, Any], life: TicketLife, fields: TicketFields) -> dict[str, Macro]:
    """The macros by id. Raises Invalid, TooLarge with the path of what is wrong."""
    part = Part(document, SECTION)
    macros: dict[str, Macro] = {}
    for entry in part.parts("macros", MACROS_MOST):
        macro = Macro(entry, life, fields)
        if macro.id in macros:
            raise Invalid(entry.at("id"), macro.id + " is there already")
        macros[macro.id] = macro
    part.finish()
    return macros


def _known(part: Part, key: str, words: dict[str, Any]) -> str | None:
    if not part.has(key):
        part.raw(key)
        return None
    return part.one_of(key, tuple(words))


def _assignee(part: Part) -> int | str | None:
    value = part.raw("assignee")
    if value is None or value in (ME, NOBODY):
        return None if value is None else str(value)
    return part.number("assignee", 1, LARGEST_ID)


def _tags(part: Part, key: str) -> list[str]:
    tags = part.list(key, TAGS)
    if not all(isinstance(tag, str) for tag in tags):
        raise Invalid(part.at(key), "has something else than texts")
    check_tags(tags)
    return list(tags)


def _field_changes(part: Part, fields: TicketFields) -> list[Change]:
    changes: list[Change] = []
    for entry in part.parts("fields", FIELDS_MOST):
        word = entry.word("field")
        field = fields.by_id.get(word)
        if field is None:
            raise Invalid(entry.at("field"), word + " is not a field")
        value = entry.raw("value")
        if value is not None:
            if not _is_shaped(field.type.tag, value):
                raise Invalid(entry.at("value"), "is not a value of a " + field.type_name + " field")
            value = {field.type.tag: field.type.kept(entry.at("value"), value)}
        entry.finish()
        changes.append((word, value))
    return changes


def _is_shaped(tag: str, value: Any) -> bool:
    if tag == "Choices":
        return isinstance(value, list) and all(isinstance(choice, str) for choice in value)
    return isinstance(value, bool if tag == "Checkbox" else str)


def _texts(part: Part, key: str, fields: TicketFields) -> dict[str, str]:
    """Texts by language; one text stands under "" for every language."""
    value = part.raw(key)
    if value is None:
        return {}
    reader = DocumentReader(part.at(key), value)
    if isinstance(value, str):
        return {"": _checked(reader, fields)}
    texts = {tag: _checked(text, fields) for tag, text in reader.members(LANGUAGES_MOST)}
    for tag in texts:
        check_tag(DocumentReader(part.at(key), tag))
    if not texts:
        raise reader.refuse("has no text")
    return texts


def _checked(reader: DocumentReader, fields: TicketFields) -> str:
    if not isinstance(reader.value, str):
        raise reader.refuse("is not a text")
    check_body(reader.path, reader.value, COMMENT_CHARACTERS)
    check_placeholders(reader.path, reader.value, lambda name: name.startswith("fields.") and name[7:] in fields.by_id)
    return reader.value
