"""Reads of a shard: await who the caller is by `ask`, then look. `ask` is `grants_in_query` in a query."""

from typing import Any

from shard_canister.comments.comment_changes import revisions_page
from shard_canister.reports import report_reads
from shard_canister.shard_calls import Ask, access_to, access_to_ticket
from shard_canister.tickets import macro_runs, ticket_reads
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall


def ticket(env: Any, call: IncomingCall, ask: Ask, ticket_id: int, certificate: bytes | None = None) -> Steps:
    """The record `Ticket`. Raises NotFound."""
    access = yield from access_to_ticket(env, call, ask, ticket_id)
    return ticket_reads.get(env, access, ticket_id, certificate)


def tickets(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `TicketPage`. Raises NotFound, Forbidden, Invalid."""
    access = yield from access_to(env, call, ask, request["organisation"])
    return ticket_reads.list_page(env, access, request)


def comments(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `CommentPage`. Raises NotFound, Invalid."""
    access = yield from access_to_ticket(env, call, ask, request["ticket"])
    return ticket_reads.comments_page(env, access, request)


def revisions(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `RevisionPage`. Raises NotFound, Forbidden, Invalid."""
    access = yield from access_to_ticket(env, call, ask, request["ticket"])
    return revisions_page(env, access, request)


def macro_preview(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `MacroPreview`. Raises NotFound, Forbidden."""
    access = yield from access_to_ticket(env, call, ask, request["ticket"])
    return macro_runs.preview(env, access, request)


def events(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `AuditPage`. Raises NotFound, Forbidden, Invalid."""
    access = yield from access_to(env, call, ask, request["organisation"])
    return ticket_reads.events_page(env, access, request)


def report(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `Report`. Raises NotFound, Forbidden, Invalid, TooLarge."""
    access = yield from access_to(env, call, ask, request["organisation"])
    return report_reads.report(env, access, request)
