"""Who makes a call and what it says, taken before the first await."""

from hashlib import sha256

from kybra import Principal, ic

ANONYMOUS = b"\x04"


class IncomingCall:
    """The caller (or the one on whose behalf the index calls) and a digest of method and argument bytes."""

    __slots__ = ("caller", "digest", "via_facade")

    def __init__(self, caller: Principal, digest: bytes, via_facade: bool = False) -> None:
        self.caller = caller
        self.digest = digest
        self.via_facade = via_facade


def direct_call(method: str) -> IncomingCall:
    """A call by whom the message says."""
    return IncomingCall(ic.caller(), sha256(method.encode() + b"\x00" + ic.arg_data_raw()).digest())


def facade_call(method: str, caller: Principal) -> IncomingCall:
    """A call that the index passes on for `caller`; the endpoint checks that it is the index."""
    return IncomingCall(caller, sha256(method.encode() + b"\x00" + ic.arg_data_raw()).digest(), via_facade=True)


def reading_call(caller: Principal | None = None) -> IncomingCall:
    """A read: nothing is remembered of it, so it has no digest."""
    return IncomingCall(ic.caller() if caller is None else caller, b"", caller is not None)
