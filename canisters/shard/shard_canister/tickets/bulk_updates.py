"""The same change for many tickets: each is changed or refused by itself, each once however often the call is sent."""

from typing import Any

from shard_canister.admission import admit
from shard_canister.tickets.ticket_updates import change_ticket
from shard_canister.tickets.ticket_work import commit, work_on
from vex_canister.grant_cache import CachedGrants
from vex_canister.incoming_call import IncomingCall
from vex_canister.token_memory import once
from vex_domain import audit_chain
from vex_domain.digests import digest
from vex_domain.refusals import Conflict, Invalid, Refusal, TooLarge

TARGETS_MOST = 100
_SAME = ("status", "priority", "kind", "assignee", "team", "fields")


def bulk_update(env: Any, cached: CachedGrants, call: IncomingCall, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The records `BulkResult`, one for each target. Raises Invalid, TooLarge for a call that is wrong as a whole."""
    targets = request["targets"]
    if not targets:
        raise Invalid("targets", "are none")
    if len(targets) > TARGETS_MOST:
        raise TooLarge("targets", TARGETS_MOST, len(targets))
    if len({target["ticket"] for target in targets}) != len(targets):
        raise Invalid("targets", "has one twice")
    return [_one(env, cached, call, request, target) for target in targets]


def _one(
    env: Any, cached: CachedGrants, call: IncomingCall, request: dict[str, Any], target: dict[str, Any]
) -> dict[str, Any]:
    ticket = target["ticket"]
    part = ticket.to_bytes(8, "big")
    token = digest(b"bulk", part, request["client_token"].encode()).hex()
    single = call.part(part, call.size // len(request["targets"]))
    timed = {"client_token": token, "created_at": request["created_at"]}
    try:
        numbers = once(env.tokens, env.now(), single, timed, lambda: _change(env, cached, single, request, target))
    except Refusal as refusal:
        return {"ticket": ticket, "version": None, "refusal": refusal.as_record()}
    return {"ticket": ticket, "version": numbers[1], "refusal": None}


def _change(
    env: Any, cached: CachedGrants, call: IncomingCall, request: dict[str, Any], target: dict[str, Any]
) -> list[int]:
    admit(env, cached, call, {"ticket": target["ticket"], "team": request["team"], "assignee": request["assignee"]})
    work = work_on(env, cached.access, target["ticket"])
    if target["version"] is not None and target["version"] != work.header["version"]:
        raise Conflict(work.header["version"])
    change: dict[str, Any] = {field: request[field] for field in _SAME}
    change.update({"subject": None, "follow": None, "unfollow": None, "tags": _tags(request, work.header["tags"])})
    change_ticket(env, work, change)
    event = commit(env, work, audit_chain.UPDATED)
    return [work.id, work.header["version"], 0, event]


def _tags(request: dict[str, Any], tags: list[str]) -> list[str] | None:
    if not request["add_tags"] and not request["remove_tags"]:
        return None
    after = [tag for tag in tags if tag not in request["remove_tags"]]
    return after + [tag for tag in dict.fromkeys(request["add_tags"]) if tag not in after]
