"""Organisations: made, placed on shards, found again."""

from typing import Any

from kybra import Principal

from index_canister.configuration_pushes import push, push_soon
from index_canister.fleet_settings import note_fill, spare_shards, state_name
from index_canister.privacy_telling import tell, tell_soon
from index_canister.spawning import start
from vex_canister.answers import Steps, all_of, ok_of
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.peer_services import ShardPeer, UsersPeer
from vex_canister.seeding import ensure_seeded
from vex_canister.sessions import grants_in_query, grants_of
from vex_canister.timed_work import AGAIN_SECONDS, run_later
from vex_canister.token_memory import once
from vex_domain.refusals import AnonymousCaller, Forbidden, Invalid, NotFound, Taken, Unavailable
from vex_domain.text_rules import check_line, check_name

SLUG_LENGTH = 40
SLUG_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
SHARDS_LOOKED_AT = 4


def create_org(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Make an organisation; its id. Awaits `raw_rand`, and `users` after the id is journalled.

    Raises Forbidden, Invalid, TooLarge, Taken, Unavailable.
    """
    caller = call.caller.bytes
    if caller == ANONYMOUS:
        raise AnonymousCaller
    if not env.settings["open_to_all"] and caller not in env.settings["operators"]:
        raise Forbidden("platform.operate")
    yield from ensure_seeded(env)
    numbers = once(env.tokens, env.now(), call, request, lambda: _write_organisation(env, caller, request))
    organisation: int = numbers[0]
    if organisation in env.not_ready:
        yield from finish_organisation(env, organisation)
    return organisation


def _write_organisation(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    check_name("name", request["name"])
    slug = request["slug"]
    check_line("slug", slug, SLUG_LENGTH, SLUG_LENGTH)
    wrong_letter = any(letter not in SLUG_LETTERS for letter in slug)
    if wrong_letter or len(slug) < 2 or slug[0] == "-" or slug[-1] == "-":
        raise Invalid("slug", "is not 2-40 of a-z, 0-9 and inner hyphens")
    admin = caller if request["admin"] is None else request["admin"].bytes
    if admin == ANONYMOUS:
        raise Invalid("admin", "is anonymous")
    key = env.slugs.key(slug.encode())
    if env.slugs.get(key) is not None:
        raise Taken("the slug is in use")
    organisation = env.stores.organisations.len() + 1
    record = {"name": request["name"], "slug": slug, "admin": admin, "ready": False, "created_at": env.now()}
    env.stores.organisations.insert(organisation, record)
    env.slugs.put(key, organisation)
    env.not_ready.append(organisation)
    finish_soon(env)
    return [organisation]


def finish_soon(env: Any) -> None:
    """Let a timer tell `users` what it does not know yet, should the call that made it fail."""
    run_later(env, "create_org", finish_all, AGAIN_SECONDS)


def finish_all(env: Any) -> Steps:
    """Tell `users` of every organisation that it does not know yet; one that it refuses holds up no other.

    Raises the last refusal.
    """
    yield from all_of(finish_organisation(env, organisation) for organisation in list(env.not_ready))


def finish_organisation(env: Any, organisation: int) -> Steps:
    """Tell `users` of an organisation; twice does no harm. Raises Unavailable."""
    record = env.stores.organisations.get(organisation)
    message = {
        "organisation": organisation,
        "name": record["name"],
        "slug": record["slug"],
        "admin": Principal(record["admin"]),
    }
    yield from ok_of(UsersPeer(Principal(env.users)).register_organisation(message), "users")
    if organisation in env.not_ready:
        record["ready"] = True
        env.stores.organisations.insert(organisation, record)
        env.not_ready.remove(organisation)


def organisation_info(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `OrganisationInfo`, for operators and the first admin. Raises NotFound."""
    record = env.stores.organisations.get(organisation)
    if record is None or (caller not in env.settings["operators"] and caller != record["admin"]):
        raise NotFound("organisation")
    return {
        "id": organisation,
        "slug": record["slug"],
        "ready": record["ready"],
        "created_at": record["created_at"],
    }


def require_organisation(env: Any, organisation: int) -> None:
    """Organisations are numbered from 1 on, and none goes. Raises NotFound."""
    if not 0 < organisation <= env.stores.organisations.len():
        raise NotFound("organisation")


def place(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `Placement` of open shards with room. Callers: members. Awaits grants, and shards when it has to.

    Raises NotFound, Unavailable.
    """
    organisation = request["organisation"]
    if len(request["full"]) > SHARDS_LOOKED_AT:
        raise Invalid("full", "names more than " + str(SHARDS_LOOKED_AT))
    require_organisation(env, organisation)
    cached = yield from grants_of(env, call, organisation)
    cached.access.require_member("organisation")
    yield from look_at_shards(env, organisation, request["full"])
    yield from ensure_place(env, organisation)
    return placement(env, organisation, usable_shards(env, organisation))


def look_at_shards(env: Any, organisation: int, shards: list[int]) -> Steps:
    """Ask the organisation's shards that are said to be full how full they are."""
    for number in shards:
        if number in usable_shards(env, organisation):
            status = yield from ok_of(ShardPeer(Principal(env.canister_of(number))).shard_status(), "the shard")
            note_fill(env, number, status["tickets"])


def usable_shards(env: Any, organisation: int) -> list[int]:
    """The organisation's open shards that have room as far as the index knows."""
    usable = []
    for number in env.placed.get(organisation, []):
        shard = env.stores.shards.get(number)
        if shard["tickets"] < shard["capacity"]:
            usable.append(number)
    return usable


def ensure_place(env: Any, organisation: int) -> Steps:
    """Open the organisation on a shard with room unless it has one. Raises Unavailable while one is being spawned."""
    if usable_shards(env, organisation):
        return
    spare = [number for number in spare_shards(env) if number not in env.placed.get(organisation, [])]
    if not spare:
        if not env.unfinished:
            start(env)
        raise Unavailable("a shard is being prepared")
    number = spare[0]
    yield from push(env, organisation, number)
    yield from tell(env, organisation, number)
    yield from ok_of(ShardPeer(Principal(env.canister_of(number))).open_organisation(organisation), "the shard")
    if number not in env.placed.get(organisation, []):
        placing = {"organisation": organisation, "shard": number, "placed_at": env.now()}
        env.stores.placings.insert(env.stores.placings.len(), placing)
        env.placed.setdefault(organisation, []).append(number)
        env.note_stale(organisation)
        push_soon(env)
        # An order that came while the shard was being opened has not been told to it.
        tell_soon(env)
    if not usable_shards(env, organisation):
        raise Unavailable("the shard was filled by others meanwhile")


def placement(env: Any, organisation: int, shards: list[int]) -> dict[str, Any]:
    """The record `Placement`."""
    places = [shard_place(env, number) for number in shards]
    return {"organisation": organisation, "epoch": env.routes.epoch, "shards": places}


def shard_place(env: Any, number: int) -> dict[str, Any]:
    """The record `ShardPlace`."""
    shard = env.stores.shards.get(number)
    return {
        "shard": number,
        "canister": Principal(shard["canister"]),
        "start": shard["start"],
        "end": shard["start"] + shard["length"],
        "state": {state_name(shard): None},
    }


def shards_of(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """The record `Placement` of every shard that ever held tickets of the organisation. Callers: members."""
    require_organisation(env, organisation)
    cached = yield from grants_of(env, call, organisation)
    cached.access.require_member("organisation")
    return placement(env, organisation, env.placed.get(organisation, []))


def shards_of_in_query(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """As `shards_of`, in a composite query."""
    require_organisation(env, organisation)
    cached = yield from grants_in_query(env, call, organisation)
    cached.access.require_member("organisation")
    return placement(env, organisation, env.placed.get(organisation, []))
