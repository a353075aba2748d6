"""What the index and `users` tell this shard: its lease, its organisations, changed grants; and what it reports."""

from typing import Any

from kybra import Principal, ic

from vex_canister.answers import Steps, reply_of
from vex_canister.peer_services import IndexPeer
from vex_canister.seeding import ensure_seeded
from vex_canister.timed_work import run_later
from vex_domain import audit_chain
from vex_domain.id_ranges import check_lease
from vex_domain.refusals import Forbidden, Invalid, LeaseRefused
from vex_domain.service_levels.policy_documents import measures
from vex_domain.time_units import NS
from vex_domain.value_hash import salted

REPORT_AGAIN_SECONDS = 10


def require_index(env: Any, caller: Principal) -> None:
    """Raises Forbidden unless the caller is the index."""
    if caller.bytes != env.settings["index"]:
        raise Forbidden("fleet.index")


def grant_lease(env: Any, lease: dict[str, Any]) -> None:
    """Take the lease; the same one again changes nothing. Raises Forbidden, LeaseRefused."""
    require_index(env, ic.caller())
    check_lease(lease["start"], lease["length"], lease["capacity"])
    settings = env.settings
    if lease["shard"] != settings["shard"]:
        raise LeaseRefused("the lease is for another shard")
    if env.start:
        if lease["start"] != env.start or lease["length"] != settings["length"]:
            raise LeaseRefused("the shard holds another lease")
        return
    env.change_settings({field: lease[field] for field in ("start", "length", "capacity", "high_water")})
    env.make_room(lease["length"])
    env.certify()


def open_organisation(env: Any, caller: Principal, organisation: int) -> Steps:
    """Take tickets of this organisation from now on. Awaits `raw_rand` before the first. Raises Forbidden, Invalid."""
    require_index(env, caller)
    yield from ensure_seeded(env)
    env.require_lease()
    if organisation == 0:
        raise Invalid("organisation", "is 0")
    if organisation not in env.opened:
        number = len(env.opened)
        env.stores.openings.insert(number, {"organisation": organisation, "opened_at": env.now()})
        env.opened[organisation] = number


def retire_standings(env: Any, caller: Principal, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The records `StandingCount` of tickets that stand where a new workflow has no place; while there are none, none
    enters until the next push of a configuration. Callers: index. Raises Forbidden, Invalid, TooLarge.
    """
    require_index(env, caller)
    organisation = request["organisation"]
    life = env.rules_of(organisation).workflow
    pairs = list(zip(request["kinds"], request["states"], strict=False))
    counts = [
        {"kind": kind, "state": state, "tickets": env.index.standing(organisation, life.standing(kind, state))}
        for kind, state in pairs
    ]
    found = [count for count in counts if count["tickets"]]
    if not found:
        env.keep_exceptions()
        env.retirements.begin(organisation, request["version"], request["kinds"], request["states"])
    return found


def push_configuration(env: Any, caller: Principal, pushed: dict[str, Any]) -> Steps:
    """Take an organisation's configuration unless this one or a later one is here; one audit event. Callers: index.

    Awaits `raw_rand` before the first use, as events are salted. Raises Forbidden, Invalid, TooLarge.
    """
    require_index(env, caller)
    yield from ensure_seeded(env)
    organisation, version = pushed["organisation"], pushed["version"]
    env.retirements.end(organisation, version)
    if version > env.configurations.version_of(organisation):
        texts = {section["name"]: section["document"] for section in pushed["sections"]}
        former = env.rules_of(organisation)
        digest = env.configurations.replace(organisation, version, texts)
        if organisation in env.opened:
            calendars = env.rules_of(organisation).calendars
            env.service.hours.change(env.opened[organisation], former.calendars, calendars, env.now() // NS)
            if measures(former) or measures(env.rules_of(organisation)):
                env.service.sweep(env, organisation)
        salt = env.salts.draw()
        change = {"kind": audit_chain.CONFIGURED, "configuration": digest}
        event = {"kind": audit_chain.CONFIGURED, "at": env.now(), "ticket": 0, "organisation": organisation}
        event.update({"actor": 0, "version": version, "commitment": salted(salt, change), "salt": salt})
        event["previous"] = None
        env.audit.append(event)
        env.certify()


def state_of(env: Any) -> str:
    """The name of the `ShardState`."""
    if not env.start:
        return "Created"
    if env.count >= env.settings["capacity"]:
        return "Full"
    if env.count >= env.settings["high_water"]:
        return "HighWater"
    return "Open" if env.opened else "Leased"


def status(env: Any) -> dict[str, Any]:
    """The record `ShardStatus`."""
    settings = env.settings
    return {
        "shard": settings["shard"],
        "state": {state_of(env): None},
        "start": settings["start"],
        "length": settings["length"],
        "capacity": settings["capacity"],
        "tickets": env.count,
        "organisations": len(env.opened),
        "events": env.audit.count,
        "seeded": env.salts.seeded,
        "stable_pages": ic.stable64_size(),
        "cycles": ic.canister_balance128(),
    }


def report_when_due(env: Any) -> None:
    """Tell the index, by a timer of its own message, once when the high-water mark and once when the end is reached."""
    due = 2 if env.count >= env.settings["capacity"] else int(env.count >= env.settings["high_water"])
    if due > env.reported:
        env.reported = due
        run_later(env, "report_fill", _report, again_after=REPORT_AGAIN_SECONDS)


def _report(env: Any) -> Steps:
    report = {"shard": env.settings["shard"], "tickets": env.count, "state": {state_of(env): None}}
    index = IndexPeer(Principal(env.settings["index"]))
    yield from reply_of(index.report_fill(report), "the index")
