"""Tokens that open one attachment for a short while: a time and a MAC over it, keyed with the shard's secret."""

import hmac
from hashlib import sha256

from vex_domain.refusals import Invalid
from vex_domain.time_units import NS

MAC_DIGITS = 32
TIME_DIGITS = 12


def download_key(secret: bytes) -> bytes:
    """The key of download tokens, which tells nothing about the secret or keys made of it for something else."""
    return hmac.new(secret, b"vex download token 1", sha256).digest()


def _mac(key: bytes, ticket: int, number: int, expires: int) -> str:
    message = b"".join([part.to_bytes(8, "big") for part in (ticket, number, expires)])
    return hmac.new(key, message, sha256).hexdigest()[:MAC_DIGITS]


def make_token(key: bytes, ticket: int, number: int, expires_at: int) -> str:
    """A token for an attachment of a ticket until `expires_at` (ns, cut to whole seconds)."""
    expires = expires_at // NS
    return format(expires, "x") + "." + _mac(key, ticket, number, expires)


def check_download(key: bytes, token: str, ticket: int, number: int, now: int) -> None:
    """Raises Invalid for a token that is damaged, of another attachment, or over at `now` (ns)."""
    digits, dot, mac = token.partition(".")
    if not dot or not 0 < len(digits) <= TIME_DIGITS or digits.strip("0123456789abcdef"):
        raise Invalid("token", "is damaged")
    if len(mac) != MAC_DIGITS or not mac.isascii():
        raise Invalid("token", "is damaged")
    expires = int(digits, 16)
    if not hmac.compare_digest(mac, _mac(key, ticket, number, expires)):
        raise Invalid("token", "is not one of this attachment")
    if expires * NS <= now:
        raise Invalid("token", "is over")
