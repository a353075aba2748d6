"""The front door: ticket methods that the index passes on to the right shard, and the caller with them."""

from typing import Any

from kybra import Principal

from index_canister.fleet_settings import note_fill
from index_canister.placing import ensure_place, require_organisation, usable_shards
from vex_canister.answers import Steps, reply_of
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.peer_services import ShardPeer
from vex_canister.sessions import grants_of, known_grants
from vex_canister.token_memory import token_digest
from vex_domain.refusals import AnonymousCaller, Full, NotFound, Unavailable
from vex_domain.ticket_rules import check_new_ticket, require_creation
from vex_domain.token_window import check_token

SHARDS_TRIED = 3


def create_ticket(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The shard's answer `ReceiptAnswer`. The choice of the shard is journalled under the token before it is called,
    and changed only when that shard says `Full`. Raises the refusals of tokens and placement.
    """
    organisation = request["organisation"]
    check_token(request["client_token"], request["created_at"], env.now())
    require_organisation(env, organisation)
    cached = known_grants(env, call, organisation) or (yield from grants_of(env, call, organisation))
    cached.access.require_member("organisation")
    check_new_ticket(request)
    require_creation(cached.access, request)
    token = token_digest(call, request["client_token"])
    for _ in range(SHARDS_TRIED):
        shard = _choice(env, call, organisation, token)
        if not shard:
            yield from ensure_place(env, organisation)
            shard = _choice(env, call, organisation, token)
        peer = ShardPeer(Principal(env.canister_of(shard)))
        answer = yield from reply_of(peer.facade_create_ticket(call.caller, request), "the shard")
        if "Ok" in answer or answer["Err"]["code"] != Full.code:
            return answer
        yield from _choose_again(env, organisation, token, shard)
    raise Unavailable("several shards are full")


def _choice(env: Any, call: IncomingCall, organisation: int, token: bytes) -> int:
    """The shard that was journalled for this call, or one with room, journalled now; 0 where none has room."""
    former = env.facade.recall(token, call)
    if former is not None:
        chosen: int = former["numbers"][0]
        return chosen
    usable = usable_shards(env, organisation)
    if not usable:
        return 0
    caller = env.facade.caller_key(call)
    env.facade.reserve(caller, env.now())
    record = {"token": token, "request": call.digest, "at": env.now(), "numbers": usable[:1], "failure": None}
    env.facade.remember(caller, record)
    return usable[0]


def _choose_again(env: Any, organisation: int, token: bytes, full: int) -> Steps:
    note_fill(env, full, env.stores.shards.get(full)["capacity"])
    yield from ensure_place(env, organisation)
    env.facade.replace(token, [usable_shards(env, organisation)[0]])


def shard_of_ticket(env: Any, call: IncomingCall, ticket: int) -> ShardPeer:
    """The shard of a ticket id. Raises AnonymousCaller, NotFound."""
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    return ShardPeer(Principal(env.canister_of(env.routes.find(ticket).shard)))


def add_comment(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The shard's `ReceiptAnswer`."""
    check_token(request["client_token"], request["created_at"], env.now())
    peer = shard_of_ticket(env, call, request["ticket"])
    return (yield from reply_of(peer.facade_add_comment(call.caller, request), "the shard"))


def update_ticket(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The shard's `ReceiptAnswer`."""
    check_token(request["client_token"], request["created_at"], env.now())
    peer = shard_of_ticket(env, call, request["ticket"])
    return (yield from reply_of(peer.facade_update_ticket(call.caller, request), "the shard"))


def get_ticket(env: Any, call: IncomingCall, ticket: int, replicated: bool) -> Steps:
    """The shard's `TicketAnswer`; from an update only its replicated twin can be called."""
    peer = shard_of_ticket(env, call, ticket)
    method = peer.facade_get_ticket_replicated if replicated else peer.facade_get_ticket
    return (yield from reply_of(method(call.caller, ticket), "the shard"))


def list_comments(env: Any, call: IncomingCall, request: dict[str, Any], replicated: bool) -> Steps:
    """The shard's `CommentPageAnswer`."""
    peer = shard_of_ticket(env, call, request["ticket"])
    method = peer.facade_list_comments_replicated if replicated else peer.facade_list_comments
    return (yield from reply_of(method(call.caller, request), "the shard"))


def list_tickets(env: Any, call: IncomingCall, request: dict[str, Any], replicated: bool) -> Steps:
    """The `TicketPageAnswer` of one of the organisation's shards, the newest without a number. Raises NotFound."""
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    question = request["request"]
    shards = env.placed.get(question["organisation"], [])
    number = request["shard"]
    if not shards or (number is not None and number not in shards):
        raise NotFound("organisation" if number is None else "shard")
    peer = ShardPeer(Principal(env.canister_of(shards[-1] if number is None else number)))
    method = peer.facade_list_tickets_replicated if replicated else peer.facade_list_tickets
    return (yield from reply_of(method(call.caller, question), "the shard"))


def change(env: Any, call: IncomingCall, request: dict[str, Any], method: str) -> Steps:
    """The answer of `facade_<method>` at the ticket's shard to a request with a token."""
    check_token(request["client_token"], request["created_at"], env.now())
    return (yield from about_ticket(env, call, request, method))


def about_ticket(env: Any, call: IncomingCall, request: dict[str, Any], method: str) -> Steps:
    """The answer of `facade_<method>` at the ticket's shard."""
    peer = shard_of_ticket(env, call, request["ticket"])
    return (yield from reply_of(getattr(peer, "facade_" + method)(call.caller, request), "the shard"))
