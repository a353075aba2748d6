"""One text in and out, as Candid: enough to talk to canisters that evaluate a string."""

from candid import decode, encode
from candid.types import TEXT


def text_argument(text: str) -> bytes:
    """The argument of a method that takes one text."""
    return encode((TEXT,), (text,))


def text_reply(reply: bytes) -> str:
    """The text that a method replied."""
    (text,) = decode((TEXT,), reply)
    return str(text)
