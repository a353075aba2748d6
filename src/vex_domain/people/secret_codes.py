"""One-time codes: `users` keeps their SHA-256; whoever shows the code gets what stands behind it, once."""

from hashlib import sha256
from typing import Any

from vex_domain.refusals import CodeExpired, CodeTooEarly, CodeUsed, CodeWrong, Invalid, TooLarge
from vex_domain.time_units import DAY_NS, MINUTE_NS

CODE_SHORTEST = 20
CODE_LONGEST = 128
DIGEST_BYTES = 32

INVITATION = "invitation"
LINK = "link"
UNLINK = "unlink"
RECOVERY = "recovery"
API_KEY = "api_key"

LONGEST_LIFE = {
    INVITATION: 30 * DAY_NS,
    LINK: 15 * MINUTE_NS,
    UNLINK: 15 * MINUTE_NS,
    RECOVERY: 7 * DAY_NS,
    API_KEY: DAY_NS,
}
"""How long a code of a kind may wait to be used, in ns."""


def digest_of(code: str) -> bytes:
    """What `users` keeps of a code. Raises Invalid, TooLarge: 20-128 characters, so that a random one has 100 bits."""
    if len(code) > CODE_LONGEST:
        raise TooLarge("code", CODE_LONGEST, len(code))
    if len(code) < CODE_SHORTEST:
        raise Invalid("code", "is shorter than " + str(CODE_SHORTEST) + " characters")
    return sha256(code.encode()).digest()


def check_new_code(kind: str, digest: bytes, expires: int, now: int) -> None:
    """Check a code that somebody makes: a SHA-256 and an end (ns) within its kind's lifetime. Raises Invalid."""
    if len(digest) != DIGEST_BYTES:
        raise Invalid("digest", "is not a SHA-256")
    if not now < expires <= now + LONGEST_LIFE[kind]:
        raise Invalid("expires", "is not within " + str(LONGEST_LIFE[kind] // MINUTE_NS) + " minutes from now")


def require_usable(code: dict[str, Any] | None, kinds: tuple[str, ...], now: int) -> dict[str, Any]:
    """The stored code, when it is of one of these kinds and may be used at `now` (ns).

    Raises CodeWrong, CodeUsed, CodeExpired, CodeTooEarly.
    """
    if code is None or code["kind"] not in kinds:
        raise CodeWrong
    if code["used_by"] is not None:
        raise CodeUsed
    if code["expires"] <= now:
        raise CodeExpired
    if code["not_before"] > now:
        raise CodeTooEarly(code["not_before"])
    return code
