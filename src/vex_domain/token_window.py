"""The clock window of a client token (design, rule 2)."""

from vex_domain.refusals import InFuture, Invalid, TooLarge, TooOld
from vex_domain.time_units import NS

PAST_NS = 24 * 3600 * NS
FUTURE_NS = 120 * NS
TOKEN_LENGTH = 64


def check_token(token: str, created_at: int, now: int) -> None:
    """Refuse a token that is empty or long, and a time (ns) outside [now - 24 h, now + 2 min].

    Raises Invalid, TooLarge, TooOld, InFuture.
    """
    if not token:
        raise Invalid("client_token", "is empty")
    if len(token) > TOKEN_LENGTH:
        raise TooLarge("client_token", TOKEN_LENGTH, len(token))
    if created_at + PAST_NS < now:
        raise TooOld(now)
    if created_at > now + FUTURE_NS:
        raise InFuture(now)


def forgettable(remembered_at: int, now: int) -> bool:
    """Whether a result kept at `remembered_at` (ns) can no longer be asked for again: its token is `TooOld` by now."""
    return remembered_at + PAST_NS + FUTURE_NS < now
