"""Setting an organisation's configuration, and reading it."""

from typing import Any

from index_canister import configuration_store, time_zones_held, workflow_changes
from index_canister.configuration_pushes import push_soon, sections_of
from index_canister.placing import require_organisation
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.sessions import grants_in_query, grants_of
from vex_canister.token_memory import once
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.configuration.documents import read_document
from vex_domain.configuration.sections import compile_rules, require_section
from vex_domain.refusals import Conflict, Refusal, TooLarge
from vex_domain.token_window import check_token


def set_configuration(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Replace one section; the configuration's new version. Awaits grants when not cached.

    Raises NotFound, Forbidden, Invalid (naming the place in the document), TooLarge, Conflict, StateInUse, Unavailable.
    """
    check_token(request["client_token"], request["created_at"], env.now())
    organisation = request["organisation"]
    require_organisation(env, organisation)
    cached = yield from grants_of(env, call, organisation)
    lost = workflow_changes.lost_standings(env, cached.access, request)
    yield from workflow_changes.retire(env, organisation, request["version"] + 1, lost)
    try:
        numbers = once(env.tokens, env.now(), call, request, lambda: _write(env, cached.access, request))
    except Refusal:
        yield from workflow_changes.release(env, organisation, request["version"] + 1, lost)
        raise
    push_soon(env)
    return numbers[0]


def _write(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    access.require_member("organisation")
    access.require(permissions.ORGANISATION_CONFIGURE)
    organisation, section = request["organisation"], request["section"]
    require_section(section)
    document = read_document(section, request["document"])
    record = configuration_store.configuration_of(env, organisation)
    if request["version"] != record["version"]:
        raise Conflict(record["version"])
    others = sum([known["size"] for known in record["sections"] if known["name"] != section])
    if others + len(request["document"].encode()) > configuration_store.CONFIGURATION_BYTES:
        size = others + len(request["document"].encode())
        raise TooLarge("configuration", configuration_store.CONFIGURATION_BYTES, size)
    documents = configuration_store.documents_of(env, organisation)
    documents[section] = document
    if section == time_zones_held.CALENDARS:
        documents[time_zones_held.ZONES] = time_zones_held.zones_for(env, document)
    compile_rules(record["version"] + 1, documents)
    if section == time_zones_held.CALENDARS:
        zones = documents[time_zones_held.ZONES]
        configuration_store.write_section(env, organisation, time_zones_held.ZONES, zones, access.person)
    version = configuration_store.write_section(env, organisation, section, document, access.person)
    env.note_stale(organisation)
    return [version]


def configuration(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """The record `Configuration`, in a composite query. Callers: members. Raises NotFound."""
    require_organisation(env, organisation)
    cached = yield from grants_in_query(env, call, organisation)
    return _view(env, cached.access, organisation)


def configuration_replicated(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """As `configuration`, for canisters."""
    require_organisation(env, organisation)
    cached = yield from grants_of(env, call, organisation)
    return _view(env, cached.access, organisation)


def _view(env: Any, access: Access, organisation: int) -> dict[str, Any]:
    access.require_member("organisation")
    record = configuration_store.configuration_of(env, organisation)
    return {
        "organisation": organisation,
        "version": record["version"],
        "changed_at": record["changed_at"],
        "changed_by": record["changed_by"] or None,
        "sections": sections_of(env, organisation),
    }
