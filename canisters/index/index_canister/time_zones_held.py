"""The time zones that the index holds, and organisations' section `zones`, which holds those that they use."""

from typing import Any

from index_canister import configuration_store
from index_canister.configuration_pushes import push_soon
from vex_canister.answers import Steps
from vex_canister.operators import require_operator
from vex_canister.timed_work import run_later
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid, TooLarge
from vex_domain.service_levels.calendar_documents import zones_named
from vex_domain.service_levels.time_zones import TimeZone, zone_from
from vex_domain.text_rules import check_line

ZONES_AT_ONCE = 100
CHANGES_MOST = 120
LAST_SECOND = (1 << 32) - 1
DATABASE_CHARACTERS = 16
ORGANISATIONS_AT_ONCE = 20
CALENDARS = "calendars"
ZONES = "zones"


def put_time_zones(env: Any, caller: bytes, request: dict[str, Any]) -> None:
    """Hold these zones from now on, and tell organisations that use them. Raises Forbidden, Invalid, TooLarge."""
    require_operator(env, caller)
    check_line("database", request["database"], DATABASE_CHARACTERS, DATABASE_CHARACTERS)
    if len(request["zones"]) > ZONES_AT_ONCE:
        raise TooLarge("zones", ZONES_AT_ONCE, len(request["zones"]))
    zones = [_checked(rules) for rules in request["zones"]]
    for zone in zones:
        env.stores.zones.insert(zone.name, _bytes_of(zone))
    env.stores.zone_facts.insert(0, request["database"])
    refresh_soon(env)


def time_zones(env: Any) -> dict[str, Any]:
    """The record `TimeZoneList`."""
    return {"database": env.stores.zone_facts.get(0) or "", "names": env.stores.zones.keys()}


def _checked(rules: dict[str, Any]) -> TimeZone:
    if len(rules["changes"]) > CHANGES_MOST:
        raise TooLarge("changes", CHANGES_MOST, len(rules["changes"]))
    numbers = [number for change in rules["changes"] for number in (change["at"], change["offset"])]
    zone = zone_from(rules["name"], rules["offset"], numbers)
    if zone.transitions and zone.transitions[-1] > LAST_SECOND:
        raise Invalid("changes", "have a time that is too far away")
    return zone


def _bytes_of(zone: TimeZone) -> bytes:
    parts = [zone.offsets[0].to_bytes(4, "big", signed=True)]
    for second, offset in zip(zone.transitions, zone.offsets[1:], strict=True):
        parts.append(second.to_bytes(4, "big") + offset.to_bytes(4, "big", signed=True))
    return b"".join(parts)


def _packed(content: bytes) -> list[int]:
    numbers = [int.from_bytes(content[:4], "big", signed=True)]
    for at in range(4, len(content), 8):
        numbers.append(int.from_bytes(content[at : at + 4], "big"))
        numbers.append(int.from_bytes(content[at + 4 : at + 8], "big", signed=True))
    return numbers


def zones_for(env: Any, calendars: dict[str, Any]) -> dict[str, list[int]]:
    """The document of the section `zones` for a document of `calendars`; zones that are not held are left out.

    Raises Invalid, TooLarge.
    """
    found = {}
    for name in zones_named(DocumentReader(CALENDARS, calendars)):
        content = env.stores.zones.get(name)
        if content is not None:
            found[name] = _packed(content)
    return found


def refresh_soon(env: Any) -> None:
    """Bring organisations' zones up to what is held, by timers of their own messages."""
    _refresh_from(env, 1)


def _refresh_from(env: Any, first: int) -> None:
    run_later(env, "refresh_zones", lambda env: _refresh(env, first))


def _refresh(env: Any, first: int) -> Steps:
    end = min(first + ORGANISATIONS_AT_ONCE, env.stores.organisations.len() + 1)
    for organisation in range(first, end):
        _bring_up(env, organisation)
    if end <= env.stores.organisations.len():
        _refresh_from(env, end)
    push_soon(env)
    yield from ()


def _bring_up(env: Any, organisation: int) -> None:
    documents = configuration_store.documents_of(env, organisation)
    if CALENDARS not in documents:
        return
    zones = zones_for(env, documents[CALENDARS])
    if zones != documents.get(ZONES, {}):
        configuration_store.write_section(env, organisation, ZONES, zones, 0)
        env.note_stale(organisation)
