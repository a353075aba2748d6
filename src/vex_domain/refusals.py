"""Every error that a caller can meet, as an exception with its stable number; the table is docs/reference/errors.md.

Numbers are never reused. 1xx who calls, 2xx the request itself, 3xx what it names, 4xx the fleet.
"""

from typing import Any


class Refusal(Exception):
    """A request that is refused. `detail` is the variant of `Error.detail`, or None."""

    code = 0
    meaning = ""

    def __init__(self, message: str = "", detail: dict[str, Any] | None = None) -> None:
        super().__init__(message or self.meaning)
        self.detail = detail

    def as_record(self) -> dict[str, Any]:
        """The Candid record `Error`."""
        return {"code": self.code, "message": str(self), "detail": self.detail}


class AnonymousCaller(Refusal):
    code = 100
    meaning = "the anonymous principal may not do this"


class Forbidden(Refusal):
    code = 101
    meaning = "the caller lacks a permission"

    def __init__(self, permission: str) -> None:
        super().__init__("needs the permission " + permission, {"Forbidden": {"permission": permission}})


class SessionRequired(Refusal):
    code = 102
    meaning = "the shard cannot ask users from this query; call open_session first"


class NotRegistered(Refusal):
    code = 103
    meaning = "the caller is not registered with users"


class CodeWrong(Refusal):
    code = 104
    meaning = "no one-time code like this"


class CodeExpired(Refusal):
    code = 105
    meaning = "the one-time code has expired"


class CodeUsed(Refusal):
    code = 106
    meaning = "the one-time code was used before"


class CodeTooEarly(Refusal):
    code = 107
    meaning = "the one-time code counts later, so that it can be objected to"

    def __init__(self, not_before: int) -> None:
        super().__init__(self.meaning, {"Clock": {"now": not_before}})


class Invalid(Refusal):
    code = 200
    meaning = "a field has a value that is not allowed"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field + " " + reason, {"Invalid": {"field": field, "reason": reason}})


class TooLarge(Refusal):
    code = 201
    meaning = "a field is longer than its limit"

    def __init__(self, field: str, limit: int, actual: int) -> None:
        detail = {"TooLarge": {"field": field, "limit": limit, "actual": actual}}
        super().__init__(field + " has " + str(actual) + ", at most " + str(limit), detail)


class TooOld(Refusal):
    code = 202
    meaning = "created_at is more than 24 hours before the canister's time"

    def __init__(self, now: int) -> None:
        super().__init__(self.meaning, {"Clock": {"now": now}})


class InFuture(Refusal):
    code = 203
    meaning = "created_at is more than 2 minutes after the canister's time"

    def __init__(self, now: int) -> None:
        super().__init__(self.meaning, {"Clock": {"now": now}})


class TokenReused(Refusal):
    code = 204
    meaning = "the client_token was used for another request"


class RateLimited(Refusal):
    code = 205
    meaning = "too many requests, or the window of remembered ones is full; again after retry_after ns"

    def __init__(self, retry_after: int) -> None:
        super().__init__(self.meaning, {"RateLimited": {"retry_after": retry_after}})


class FieldRequired(Refusal):
    code = 210
    meaning = "the state or the transition needs a field that has no value"

    def __init__(self, field: str) -> None:
        super().__init__(field + " is required here", {"Invalid": {"field": field, "reason": "is required here"}})


class ReopenWindowOver(Refusal):
    code = 211
    meaning = "the ticket was solved too long ago to be opened again"


class ChildrenOpen(Refusal):
    code = 212
    meaning = "the ticket has children that are not solved"

    def __init__(self, count: int) -> None:
        reason = "waits for " + str(count) + " open children"
        super().__init__("the ticket " + reason, {"Invalid": {"field": "status", "reason": reason}})


class PatternRefused(Refusal):
    code = 213
    meaning = "a pattern uses what is not allowed, or could take without bound to match"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field + " " + reason, {"Invalid": {"field": field, "reason": reason}})


class QuotaExceeded(Refusal):
    code = 206
    meaning = "the quota is used up"

    def __init__(self, what: str, limit: int) -> None:
        detail = {"TooLarge": {"field": what, "limit": limit, "actual": limit + 1}}
        super().__init__("no more than " + str(limit) + " " + what, detail)


class ChunkDiffers(Refusal):
    code = 220
    meaning = "this chunk came before with other content; abandon the upload and begin another one"


class ChunksMissing(Refusal):
    code = 221
    meaning = "not all chunks of the upload are there; upload_status names the missing ones"


class DigestDiffers(Refusal):
    code = 222
    meaning = "the content does not have the SHA-256 that was announced"


class Held(Refusal):
    code = 223
    meaning = "a legal hold stops this"


class NotFound(Refusal):
    code = 300
    meaning = "nothing by this id that the caller may see"

    def __init__(self, what: str) -> None:
        super().__init__(what + " not found", {"NotFound": {"what": what}})


class Conflict(Refusal):
    code = 301
    meaning = "the version is not the current one"

    def __init__(self, current: int) -> None:
        super().__init__("the current version is " + str(current), {"Conflict": {"current": current}})


class Taken(Refusal):
    code = 302
    meaning = "the name is in use"


class StateInUse(Refusal):
    code = 303
    meaning = "tickets are in a state that the new workflow no longer has for them"

    def __init__(self, kind: str, state: str, count: int) -> None:
        reason = str(count) + " tickets of kind " + kind + " are in the state " + state
        super().__init__(reason, {"Invalid": {"field": "workflow", "reason": reason}})


class Merged(Refusal):
    code = 304
    meaning = "the ticket was merged into another one"

    def __init__(self, into: int) -> None:
        super().__init__("the ticket was merged into " + str(into), {"NotFound": {"what": "ticket " + str(into)}})


class Underway(Refusal):
    code = 305
    meaning = "another change of this ticket's relations is underway; try again"


class LastAdmin(Refusal):
    code = 310
    meaning = "an organisation keeps an admin who is not deactivated"


class LastIdentity(Refusal):
    code = 311
    meaning = "a person keeps an identity that is no API key"


class Moved(Refusal):
    code = 400
    meaning = "the routing table has changed"

    def __init__(self, epoch: int) -> None:
        super().__init__("the routing table has epoch " + str(epoch), {"Moved": {"epoch": epoch}})


class Full(Refusal):
    code = 401
    meaning = "the shard takes no more tickets; ask the index for another place"


class Unavailable(Refusal):
    code = 402
    meaning = "not ready yet, or another canister did not answer; try again"


class LeaseRefused(Refusal):
    code = 403
    meaning = "the lease overlaps another one or does not fit"


ALL_REFUSALS = (
    AnonymousCaller,
    Forbidden,
    SessionRequired,
    NotRegistered,
    CodeWrong,
    CodeExpired,
    CodeUsed,
    CodeTooEarly,
    Invalid,
    TooLarge,
    TooOld,
    InFuture,
    TokenReused,
    RateLimited,
    QuotaExceeded,
    FieldRequired,
    ReopenWindowOver,
    ChildrenOpen,
    PatternRefused,
    ChunkDiffers,
    ChunksMissing,
    DigestDiffers,
    Held,
    NotFound,
    Conflict,
    Taken,
    StateInUse,
    Merged,
    Underway,
    LastAdmin,
    LastIdentity,
    Moved,
    Full,
    Unavailable,
    LeaseRefused,
)


def reference_table() -> str:
    """The table of docs/reference/errors.md, which a test compares with the file."""
    rows = ["| code | name | meaning |", "|---|---|---|"]
    rows.extend(f"| {refusal.code} | {refusal.__name__} | {refusal.meaning} |" for refusal in ALL_REFUSALS)
    return "\n".join(rows) + "\n"
