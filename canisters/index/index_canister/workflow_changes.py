"""A new workflow strands no ticket: before it counts, shards say who stands where it has no place, and let none in."""

from typing import Any

from kybra import Principal

from index_canister import configuration_store
from vex_canister.answers import Steps, ok_of
from vex_canister.peer_services import ShardPeer
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.configuration.documents import read_document
from vex_domain.configuration.sections import compile_rules, require_section
from vex_domain.fields.field_definitions import check_types_kept
from vex_domain.refusals import StateInUse
from vex_domain.workflow.workflow_edits import check_edit

Standings = list[tuple[str, str]]


def lost_standings(env: Any, access: Access, request: dict[str, Any]) -> Standings:
    """The (kind, state) that the organisation's tickets could be in until now and no longer with this change.

    Raises NotFound, Forbidden, Invalid, TooLarge.
    """
    access.require_member("organisation")
    access.require(permissions.ORGANISATION_CONFIGURE)
    organisation, section = request["organisation"], request["section"]
    require_section(section)
    record = configuration_store.configuration_of(env, organisation)
    if section not in ("workflow", "fields") or request["version"] != record["version"]:
        return []
    documents = configuration_store.documents_of(env, organisation)
    former = compile_rules(record["version"], documents)
    documents[section] = read_document(section, request["document"])
    rules = compile_rules(record["version"] + 1, documents)
    check_types_kept(former.fields, rules.fields)
    return check_edit(former.workflow, rules.workflow)


def retire(env: Any, organisation: int, version: int, lost: Standings) -> Steps:
    """Have every shard of the organisation let no ticket enter the lost states. Raises StateInUse, Unavailable."""
    if not lost:
        return
    counts: dict[tuple[str, str], int] = {}
    for shard in env.placed.get(organisation, []):
        found = yield from _tell(env, shard, organisation, version, lost)
        for count in found:
            place = (count["kind"], count["state"])
            counts[place] = counts.get(place, 0) + count["tickets"]
    for (kind, state), tickets in counts.items():
        yield from release(env, organisation, version, lost)
        raise StateInUse(kind, state, tickets)


def release(env: Any, organisation: int, version: int, lost: Standings) -> Steps:
    """Have the shards let tickets enter these states again. Raises Unavailable."""
    for shard in env.placed.get(organisation, []) if lost else []:
        yield from _tell(env, shard, organisation, version, [])


def _tell(env: Any, shard: int, organisation: int, version: int, lost: Standings) -> Steps:
    message: dict[str, Any] = {"organisation": organisation, "version": version}
    message.update({"kinds": [kind for kind, _ in lost], "states": [state for _, state in lost]})
    return (yield from ok_of(ShardPeer(Principal(env.canister_of(shard))).retire_standings(message), "the shard"))
