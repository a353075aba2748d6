"""Conditions over a ticket: all of some and any of others, each a name, a comparison and a value."""

from collections.abc import Callable
from operator import eq, ne
from typing import Any

from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid
from vex_domain.triggers.condition_values import Known, comparable, value_reader
from vex_domain.triggers.ticket_facts import HOURS_SINCE, TicketFacts

CONDITIONS_MOST = 16
VALUES_MOST = 32
ONE_VALUE = ("is", "is_not", "changed_from", "changed_to")
MANY_VALUES = ("in", "not_in")
PARTS = ("includes", "excludes")
AMOUNTS = ("more_than", "less_than")
FLAGS = ("present", "changed")
COMPARISONS = (*ONE_VALUE, *MANY_VALUES, *PARTS, *AMOUNTS, *FLAGS)


class Condition:
    """`name` of the ticket compared with `value`; amounts are compared as numbers or as dates."""

    __slots__ = ("_test", "comparison", "name", "value")

    def __init__(self, name: str, comparison: str, value: Any) -> None:
        self.name = name
        self.comparison = comparison
        self.value = value
        self._test = _TESTS.get(comparison)

    def holds(self, facts: TicketFacts) -> bool:
        """Whether the ticket meets the condition."""
        header = facts.header
        actual = header[self.name] if self.name in header else facts.value(self.name)
        if self._test is not None:
            return self._test(actual, self.value)
        return self._changed(facts, actual)

    def _changed(self, facts: TicketFacts, actual: Any) -> bool:
        if facts.before is None:
            return self.comparison == "changed" and self.value is False
        former = facts.former(self.name)
        if self.comparison == "changed":
            return (former != actual) is self.value
        if former == actual:
            return False
        return bool((former if self.comparison == "changed_from" else actual) == self.value)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": eq,
    "is_not": ne,
    "in": lambda actual, value: actual in value,
    "not_in": lambda actual, value: actual not in value,
    "includes": lambda actual, value: actual is not None and value in actual,
    "excludes": lambda actual, value: actual is None or value not in actual,
    "present": lambda actual, value: (actual not in (None, [], "")) is value,
    "more_than": lambda actual, value: actual is not None and bool(comparable(actual) > value),
    "less_than": lambda actual, value: actual is not None and bool(comparable(actual) < value),
}


class Conditions:
    """All of `every` and, when there are any, one of `some`."""

    __slots__ = ("every", "some")

    def __init__(self, every: list[Condition], some: list[Condition]) -> None:
        self.every = every
        self.some = some

    def hold(self, facts: TicketFacts) -> bool:
        """Whether the ticket meets them."""
        for condition in self.every:
            if not condition.holds(facts):
                return False
        for condition in self.some:  # a generator would cost as much as a condition
            if condition.holds(facts):
                return True
        return not self.some

    def pinned(self, name: str) -> tuple[Any, ...] | None:
        """The values that `name` can have where these hold, None when they leave it open."""
        for condition in self.every:
            if condition.name == name and condition.comparison in ("is", "changed_to"):
                return (condition.value,)
            if condition.name == name and condition.comparison == "in":
                return tuple(condition.value)
        return None


def read_conditions(reader: DocumentReader, known: Known, *, lasting: bool = False) -> Conditions:
    """`{"all": […], "any": […]}`. `lasting`: of the ticket as it is, nothing of changes or time passed.

    Raises Invalid, TooLarge.
    """
    reader.only("all", "any")
    parts = []
    for key in ("all", "any"):
        entries = reader.member_or(key, []).items(CONDITIONS_MOST)
        parts.append([_condition(entry, known, lasting) for entry in entries])
    return Conditions(parts[0], parts[1])


def _condition(reader: DocumentReader, known: Known, lasting: bool) -> Condition:
    reader.only("field", *COMPARISONS)
    name = reader.member("field").text(48)
    named = [comparison for comparison in COMPARISONS if comparison in reader.value]
    if len(named) != 1:
        raise reader.refuse("does not have one comparison")
    comparison = named[0]
    if lasting and (comparison.startswith("changed") or name in HOURS_SINCE):
        raise Invalid(reader.path, "looks at a change or at time, which does not last")
    entry = DocumentReader(reader.path + "." + comparison, reader.value[comparison])
    read = value_reader(reader.member("field"), name, comparison, known)
    if comparison in FLAGS:
        return Condition(name, comparison, entry.flag())
    if comparison in MANY_VALUES:
        return Condition(name, comparison, [read(item) for item in entry.items(VALUES_MOST, 1)])
    value = read(entry)
    return Condition(name, comparison, comparable(value) if comparison in AMOUNTS else value)
