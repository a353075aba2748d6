"""How calls about attachments run: await who the caller is, then one slice."""

from collections.abc import Callable
from typing import Any

from shard_canister.admission import admit
from shard_canister.attachments import uploads
from shard_canister.shard_calls import Ask, access_to_ticket, numbers_of
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.sessions import grants_of

Operation = Callable[[Any, Any, dict[str, Any]], Any]


def begin(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `UploadStatus` of an upload that begins now, or began by the same call.

    Of one that is over nothing is missing and no time is left: whoever lost the receipt finishes with the same token.
    """
    numbers = yield from numbers_of(env, call, request, uploads.begin)
    if env.uploads.get(numbers[0]) is None:
        return uploads.status_of(numbers[0], uploads.finished(request))
    access = yield from access_to_ticket(env, call, grants_of, request["ticket"])
    return uploads.status(env, access, {"ticket": request["ticket"], "upload": numbers[0]})


def finish(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `AttachmentReceipt`."""
    numbers = yield from numbers_of(env, call, request, uploads.finish)
    return {"ticket": numbers[0], "version": numbers[1], "attachment": numbers[2], "event": numbers[3]}


def about_ticket(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any], operation: Operation) -> Steps:
    """What an operation answers that may be repeated as it is: a chunk, a read. `ask` is for queries or updates."""
    access = yield from access_to_ticket(env, call, ask, request["ticket"])
    return operation(env, access, request)


def put_chunk(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `UploadStatus` after a chunk, which counts for the rates of person, ticket and organisation."""
    access = yield from access_to_ticket(env, call, grants_of, request["ticket"])
    cached = yield from grants_of(env, call, access.organisation)
    admit(env, cached, call, request)
    return uploads.put_chunk(env, cached.access, request)
