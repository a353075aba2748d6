"""Links, parents and merges of two tickets, wherever they stand: a saga journalled here, gone on with after any fault.

Its steps and their order are `vex_domain.relations.relation_saga`; every step may run twice.
"""

from collections.abc import Callable
from typing import Any

from kybra import Principal

from vex_canister.answers import Steps, ok_of
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.peer_services import ShardPeer
from vex_canister.seeding import ensure_seeded
from vex_canister.timed_work import AGAIN_SECONDS, run_every, run_later
from vex_canister.token_memory import once, token_digest
from vex_domain.refusals import AnonymousCaller, Forbidden, Invalid, Refusal, Unavailable
from vex_domain.relations import relation_saga as saga_rules
from vex_domain.relations.relation_rules import COUNTERPARTS, check_link_kind, check_two
from vex_domain.text_rules import cut
from vex_domain.token_window import check_token

WATCH_SECONDS = 60
PATIENCE = 20
FAILURE_TEXT = 100
FINISHED = 1
STRANGERS_SHARE = 2
"""Who may relate tickets only their shards know: callers whom nobody knows leave half of the window to the others."""

Outcome = dict[str, Any]
"""What a step learned for the record; the key "again" says that the same step has more to do."""


def relate(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `RelationReceipt`. Awaits both shards; what a fault interrupts a timer goes on with.

    Raises AnonymousCaller, Invalid, the refusals of tokens, and what either shard refuses: then nothing has changed.
    """
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    check_token(request["client_token"], request["created_at"], env.now())
    _check(request)
    yield from ensure_seeded(env)
    token = token_digest(call, request["client_token"])
    number = int.from_bytes(token[:7], "big")
    numbers = once(
        env.tokens, env.now(), call, request, lambda: _begin(env, call, request, number), share=STRANGERS_SHARE
    )
    if len(numbers) > FINISHED:
        return {"saga": number, "done": True, "step": saga_rules.DONE}
    if env.stores.sagas.get(number) is None:
        _begin(env, call, request, number)
    try:
        yield from run(env, number)
    except Unavailable:
        if env.stores.sagas.get(number) is None:
            raise
        resume_soon(env)
    record = env.stores.sagas.get(number)
    step = saga_rules.DONE if record is None else record["step"]
    return {"saga": number, "done": record is None, "step": step}


def _check(request: dict[str, Any]) -> None:
    check_two(request["first"], request["second"])
    change, kind = request["change"], request["kind"]
    if change not in saga_rules.KINDS:
        raise Invalid("change", "is not one of " + ", ".join(saga_rules.KINDS))
    if change == saga_rules.MERGE:
        if kind != "merged_into":
            raise Invalid("kind", "of a merge is merged_into")
    elif kind != "parent":
        check_link_kind(kind)


def _begin(env: Any, call: IncomingCall, request: dict[str, Any], number: int) -> list[int]:
    record = {field: request[field] for field in ("change", "kind", "first", "second")}
    record.update({"caller": call.caller.bytes, "token": token_digest(call, request["client_token"])})
    record.update({"request": call.digest, "step": saga_rules.first_step(), "version": 0, "attempts": 0})
    record.update({"organisation": 0, "open": False, "first_version": 0, "comments": 0, "pages": 0, "next": 0})
    record.update({"refused": None, "last_failure": None, "started_at": env.now()})
    env.stores.sagas.insert(number, record)
    return [number]


def run(env: Any, number: int) -> Steps:
    """Go on with a saga to its end. Raises Unavailable when a step has to be tried again, or why it was refused."""
    refusal: Refusal | None = None
    while True:
        record = env.stores.sagas.get(number)
        if record is None:
            if refusal is not None:
                raise refusal
            return
        step, met, outcome = record["step"], None, {}
        try:
            outcome = yield from STEPS[step](env, number, record)
        except Refusal as failure:
            met = failure
        now = env.stores.sagas.get(number)
        if now is None or now["version"] != record["version"]:
            continue
        if met is None:
            _advance(env, number, now, outcome)
        elif saga_rules.can_refuse(step) and _is_final(met, now):
            refusal = met
            _advance(env, number, now, {"refused": cut(str(met), FAILURE_TEXT)})
        else:
            _note_failure(env, number, now, met)
            raise Unavailable(str(met))


def _is_final(met: Refusal, record: dict[str, Any]) -> bool:
    return met.code != Unavailable.code or record["attempts"] >= PATIENCE


def _note_failure(env: Any, number: int, record: dict[str, Any], met: Refusal) -> None:
    failure = cut(str(met), FAILURE_TEXT)
    record.update({"attempts": record["attempts"] + 1, "version": record["version"] + 1, "last_failure": failure})
    env.stores.sagas.insert(number, record)


def _advance(env: Any, number: int, record: dict[str, Any], outcome: Outcome) -> None:
    again = outcome.pop("again", False)
    refused = "refused" in outcome
    record.update(outcome)
    step = record["step"] if again else saga_rules.step_after(record["change"], record["step"], refused)
    if step in saga_rules.ENDS:
        remembered = env.tokens.find(record["token"]) if step == saga_rules.DONE else None
        if remembered is not None and remembered["request"] == record["request"]:
            env.tokens.replace(record["token"], [number, FINISHED])
        env.stores.sagas.remove(number)
        return
    record.update({"step": step, "version": record["version"] + 1, "attempts": 0, "last_failure": None})
    env.stores.sagas.insert(number, record)


def _peer(env: Any, ticket: int) -> ShardPeer:
    return ShardPeer(Principal(env.canister_of(env.routes.find(ticket).shard)))


def _message(number: int, record: dict[str, Any], side: str) -> dict[str, Any]:
    first = side == "first"
    return {
        "saga": number,
        "change": record["change"],
        "kind": record["kind"] if first else COUNTERPARTS[record["kind"]],
        "organisation": record["organisation"],
        "ticket": record["first"] if first else record["second"],
        "other": record["second"] if first else record["first"],
        "open": record["open"],
        "version": record["first_version"],
        "comments": record["comments"],
        "pages": record["pages"],
    }


def _prepare_first(env: Any, number: int, record: dict[str, Any]) -> Steps:
    peer, message = _peer(env, record["first"]), _message(number, record, "first")
    found = yield from ok_of(peer.prepare_relation(Principal(record["caller"]), message), "the shard")
    learned = {field: found[field] for field in ("organisation", "open", "comments", "pages")}
    learned["first_version"] = found["version"]
    return learned


def _prepare_second(env: Any, number: int, record: dict[str, Any]) -> Steps:
    peer, message = _peer(env, record["second"]), _message(number, record, "second")
    yield from ok_of(peer.prepare_relation(Principal(record["caller"]), message), "the shard")
    return {}


def _copy(env: Any, number: int, record: dict[str, Any]) -> Steps:
    wanted = {"saga": number, "ticket": record["first"], "first": record["next"]}
    batch = yield from ok_of(_peer(env, record["first"]).ask_comments(wanted), "the shard")
    given = {"saga": number, "ticket": record["second"], "origin": record["first"], "comments": batch["comments"]}
    yield from ok_of(_peer(env, record["second"]).take_comments(given), "the shard")
    return {} if batch["next"] is None else {"next": batch["next"], "again": True}


def _apply(side: str) -> Callable[[Any, int, dict[str, Any]], Steps]:
    def step(env: Any, number: int, record: dict[str, Any]) -> Steps:
        yield from ok_of(_peer(env, record[side]).apply_relation(_message(number, record, side)), "the shard")
        return {}

    return step


def _cancel(side: str) -> Callable[[Any, int, dict[str, Any]], Steps]:
    def step(env: Any, number: int, record: dict[str, Any]) -> Steps:
        try:
            peer = _peer(env, record[side])
        except Refusal:
            # A ticket id that no shard has was never prepared.
            return {}
        yield from ok_of(peer.cancel_relation(_message(number, record, side)), "the shard")
        return {}

    return step


STEPS: dict[str, Callable[[Any, int, dict[str, Any]], Steps]] = {
    saga_rules.PREPARE_FIRST: _prepare_first,
    saga_rules.PREPARE_SECOND: _prepare_second,
    saga_rules.COPY: _copy,
    saga_rules.APPLY_FIRST: _apply("first"),
    saga_rules.APPLY_SECOND: _apply("second"),
    saga_rules.CANCEL_FIRST: _cancel("first"),
    saga_rules.CANCEL_SECOND: _cancel("second"),
}


def resume_soon(env: Any) -> None:
    """Let a timer of its own message go on with what is unfinished."""
    run_later(env, "relate", resume, AGAIN_SECONDS)


def watch(env: Any) -> None:
    """Look again and again for what a lost timer left; armed at every start of the canister."""
    run_every(env, "relate", resume, WATCH_SECONDS)


def resume(env: Any) -> Steps:
    """Go on with every saga; one that is refused or has to wait holds up no other. Raises Unavailable if any waits."""
    waiting = None
    for number in list(env.stores.sagas.keys()):
        try:
            yield from run(env, number)
        except Refusal as refusal:
            if env.stores.sagas.get(number) is not None:
                waiting = refusal
    if waiting is not None:
        raise waiting


def relay_child_news(env: Any, caller: bytes, news: dict[str, Any]) -> Steps:
    """Pass on what a child says to its parent's shard. Callers: the child's shard. Raises Forbidden, NotFound."""
    if env.canister_of(env.routes.find(news["child"]).shard) != caller:
        raise Forbidden("fleet.shard")
    yield from ok_of(_peer(env, news["parent"]).note_child(news), "the shard")
