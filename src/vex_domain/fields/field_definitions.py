"""From the document of the section `fields` to an organisation's own fields; refusals name the place."""

from typing import Any

from vex_domain.configuration.document_parts import Part
from vex_domain.configuration.reader import DocumentReader
from vex_domain.fields.field_values import TYPES, FieldType
from vex_domain.refusals import Invalid
from vex_domain.workflow.workflow_model import KINDS_MOST, STATES_MOST, TicketLife

SECTION = "fields"
FIELDS_MOST = 64
BUILT_IN = ("assignee", "team", "tags", "requester_reference")
SIGHTS = ("hidden", "read", "write")


class TicketField:
    """A field: its type, in which states it must have a value, which kinds have it, what its requester may do."""

    __slots__ = ("id", "kinds", "label", "requester", "required_in", "type", "type_name")

    def __init__(self, part: Part, life: TicketLife) -> None:
        self.id = part.word("id")
        if self.id in BUILT_IN:
            raise Invalid(part.at("id"), self.id + " is a field of every ticket")
        self.label = part.label("label", self.id)
        self.type_name = part.one_of("type", tuple(TYPES))
        self.type: FieldType = TYPES[self.type_name](part)
        self.required_in = part.words("required_in", STATES_MOST)
        _check_known(part.at("required_in"), self.required_in, life.states, "a state")
        self.kinds = part.words("kinds", KINDS_MOST)
        _check_known(part.at("kinds"), self.kinds, life.kinds, "a kind")
        self.requester = part.one_of("requester", SIGHTS, "write")
        part.finish()

    def is_of(self, kind: str) -> bool:
        """Whether tickets of this kind have the field."""
        return not self.kinds or kind in self.kinds


class TicketFields:
    """The compiled section `fields`: the fields by id, and per state those that must have a value."""

    __slots__ = ("_required", "by_id")

    def __init__(self, by_id: dict[str, TicketField]) -> None:
        self.by_id = by_id
        self._required: dict[str, list[TicketField]] = {}
        for field in by_id.values():
            for state in field.required_in:
                self._required.setdefault(state, []).append(field)

    def required(self, state: str, kind: str) -> list[str]:
        """The fields that a ticket of this kind must have filled in to be in the state."""
        fields = self._required.get(state)
        return [] if fields is None else [field.id for field in fields if field.is_of(kind)]

    def fits(self, word: str, value: dict[str, Any]) -> bool:
        """Whether a kept value is of the type that the field has now."""
        field = self.by_id.get(word)
        return field is not None and field.type.tag in value


def compile_section(document: DocumentReader, rules: Any) -> TicketFields:
    """The section of `OrganisationRules`. Raises as `compile_fields`."""
    return compile_fields(document.value, rules.workflow)


def compile_fields(document: dict[str, Any], life: TicketLife) -> TicketFields:
    """The compiled section. Raises Invalid, TooLarge, PatternRefused with the path of what is wrong."""
    part = Part(document, SECTION)
    by_id: dict[str, TicketField] = {}
    for entry in part.parts("fields", FIELDS_MOST):
        field = TicketField(entry, life)
        if field.id in by_id:
            raise Invalid(entry.at("id"), field.id + " is there already")
        by_id[field.id] = field
    part.finish()
    for workflow in life.workflows.values():
        for transition in workflow.transitions():
            for word in transition.required:
                if word not in by_id and word not in BUILT_IN:
                    raise Invalid(part.path, "lack " + word + ", which workflow " + workflow.id + " requires")
    return TicketFields(by_id)


def check_types_kept(old: TicketFields, new: TicketFields) -> None:
    """A field that stays keeps its type, since tickets hold values of it. Raises Invalid."""
    for field in new.by_id.values():
        former = old.by_id.get(field.id)
        if former is not None and former.type_name != field.type_name:
            raise Invalid(SECTION, field.id + " is a " + former.type_name + " field; give the new one another id")


def _check_known(path: str, words: tuple[str, ...], known: dict[str, Any], what: str) -> None:
    for word in words:
        if word not in known:
            raise Invalid(path, word + " is not " + what)
