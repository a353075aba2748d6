"""Which relations tickets may have: kinds and their counterparts, how many, and what stands in the way."""

from typing import Any

from vex_domain.refusals import Invalid, TooLarge

RELATIONS_MOST = 240
LINKS = {"relates": "relates", "blocks": "blocked_by", "blocked_by": "blocks", "causes": "caused_by"}
LINKS_BACK = {"caused_by": "causes", "duplicates": "duplicated_by", "duplicated_by": "duplicates"}
FAMILY = {"parent": "child", "child": "parent", "merged_into": "merged_from"}
COUNTERPARTS = {**LINKS, **LINKS_BACK, **FAMILY}

Relation = dict[str, Any]
"""kind, other (ticket id), since (ns), open (of a child: not settled), version (of the other, when it last told)."""


def check_link_kind(kind: str) -> None:
    """Raises Invalid unless two tickets can be linked so."""
    if kind not in LINKS and kind not in LINKS_BACK:
        raise Invalid("kind", "is not one of " + ", ".join([*LINKS, *LINKS_BACK]))


def check_two(first: int, second: int) -> None:
    """Raises Invalid for a relation of a ticket to itself."""
    if first == second:
        raise Invalid("other", "is the ticket itself")


def find(relations: list[Relation], kind: str, other: int) -> Relation | None:
    """The relation of this kind to this ticket, or None."""
    for relation in relations:
        if relation["other"] == other and relation["kind"] == kind:
            return relation
    return None


def of_kind(relations: list[Relation], kind: str) -> list[Relation]:
    """All of one kind."""
    return [relation for relation in relations if relation["kind"] == kind]


def open_children(relations: list[Relation]) -> int:
    """How many children are not settled, as far as they have told."""
    return len([relation for relation in relations if relation["kind"] == "child" and relation["open"]])


def check_addition(relations: list[Relation], kind: str, other: int) -> None:
    """Whether a ticket with these relations can take one more: `child` makes it a parent, `parent` a child.

    Two levels: a child has no children and a parent no parent, so that no circle can close over shards.
    Raises Invalid, TooLarge.
    """
    if find(relations, kind, other) is not None:
        raise Invalid("other", "has this relation already")
    if len(relations) >= RELATIONS_MOST:
        raise TooLarge("relations", RELATIONS_MOST, len(relations) + 1)
    if kind == "parent":
        if of_kind(relations, "parent"):
            raise Invalid("parent", "is another one already")
        if of_kind(relations, "child"):
            raise Invalid("ticket", "has children, so it cannot be a child")
    if kind == "child" and of_kind(relations, "parent"):
        raise Invalid("parent", "is a child itself")


def check_removal(relations: list[Relation], kind: str, other: int) -> None:
    """Raises Invalid when there is nothing to take away."""
    if find(relations, kind, other) is None:
        raise Invalid("other", "has no such relation")


def told(relations: list[Relation], child: int, is_open: bool, version: int) -> bool:
    """Take what a child says of itself at its version; whether that was news. An older or unknown one is not."""
    relation = find(relations, "child", child)
    if relation is None or relation["version"] >= version:
        return False
    changed: bool = relation["open"] != is_open
    relation["version"] = version
    relation["open"] = is_open
    return changed
