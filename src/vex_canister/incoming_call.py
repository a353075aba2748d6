"""Who makes a call and what it says, taken before the first await."""

from collections.abc import Callable
from hashlib import sha256

from kybra import Principal, ic

from vex_domain.digests import fingerprint

FINGERPRINT_BYTES = 16
ANONYMOUS = b"\x04"


class IncomingCall:
    """The caller (or on whose behalf the index calls), a digest of method and argument, the argument's bytes.

    The digest tells a caller's own requests under one token apart, so it need not withstand somebody who looks for two
    that meet. `former` works out what canisters built before it was a fingerprint remembered in its place.
    """

    __slots__ = ("caller", "digest", "former", "size", "via_facade")

    def __init__(
        self,
        caller: Principal,
        digest: bytes = b"",
        former: Callable[[], bytes] = bytes,
        *,
        size: int = 0,
        via_facade: bool = False,
    ) -> None:
        self.caller = caller
        self.digest = digest
        self.former = former
        self.size = size
        self.via_facade = via_facade

    def says(self, remembered: bytes) -> bool:
        """Whether this is the digest of this call, in its present or its former shape."""
        return remembered == (self.digest if len(remembered) == FINGERPRINT_BYTES else self.former())

    def part(self, part: bytes, size: int) -> "IncomingCall":
        """The call as if it were for this part of it alone, of `size` bytes."""
        digest = fingerprint(self.digest, part)
        return IncomingCall(self.caller, digest, lambda: sha256(self.former() + part).digest(), size=size)


def _call(method: str, caller: Principal, *, via_facade: bool) -> IncomingCall:
    name, argument = method.encode(), ic.arg_data_raw()
    return IncomingCall(
        caller,
        fingerprint(name, argument),
        lambda: sha256(name + b"\x00" + argument).digest(),
        size=len(argument),
        via_facade=via_facade,
    )


def direct_call(method: str) -> IncomingCall:
    """A call by whom the message says."""
    return _call(method, ic.caller(), via_facade=False)


def facade_call(method: str, caller: Principal) -> IncomingCall:
    """A call that the index passes on for `caller`; the endpoint checks that it is the index."""
    return _call(method, caller, via_facade=True)


def reading_call(caller: Principal | None = None) -> IncomingCall:
    """A read: nothing is remembered of it, so it has no digest."""
    return IncomingCall(ic.caller() if caller is None else caller, via_facade=caller is not None)


def repeatable_call(caller: Principal | None = None) -> IncomingCall:
    """A change that may be sent again as it is: it needs no digest, but its size counts."""
    sender = ic.caller() if caller is None else caller
    return IncomingCall(sender, size=len(ic.arg_data_raw()), via_facade=caller is not None)
