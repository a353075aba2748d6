"""The one error record of all canisters; its codes: `vex_domain.refusals`, docs/reference/errors.md."""

from kybra import Opt, Record, Variant, nat16, nat32, nat64, null, text


class InvalidDetail(Record):
    field: text
    reason: text


class TooLargeDetail(Record):
    field: text
    limit: nat64
    actual: nat64


class ConflictDetail(Record):
    current: nat32


class MovedDetail(Record):
    epoch: nat64


class ClockDetail(Record):
    now: nat64


class RateLimitedDetail(Record):
    retry_after: nat64


class MissingPermission(Record):
    permission: text


class NotFoundDetail(Record):
    what: text


# An old client decodes a detail that it does not know as null: the variant only ever stands behind `opt`.
class ErrorDetail(Variant, total=False):
    Invalid: InvalidDetail
    TooLarge: TooLargeDetail
    Conflict: ConflictDetail
    Moved: MovedDetail
    Clock: ClockDetail
    RateLimited: RateLimitedDetail
    Forbidden: MissingPermission
    NotFound: NotFoundDetail


class VexError(Record):
    code: nat16
    message: text
    detail: Opt[ErrorDetail]


class DoneAnswer(Variant, total=False):
    Ok: null
    Err: VexError


class NumberAnswer(Variant, total=False):
    Ok: nat64
    Err: VexError
