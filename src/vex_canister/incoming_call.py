"""Who makes a call and what it says, taken before the first await."""

from hashlib import sha256

from kybra import Principal, ic

ANONYMOUS = b"\x04"


class IncomingCall:
    """The caller (or on whose behalf the index calls), a digest of method and argument, the argument's bytes."""

    __slots__ = ("caller", "digest", "size", "via_facade")

    def __init__(self, caller: Principal, digest: bytes, via_facade: bool = False, size: int = 0) -> None:
        self.caller = caller
        self.digest = digest
        self.via_facade = via_facade
        self.size = size


def direct_call(method: str) -> IncomingCall:
    """A call by whom the message says."""
    argument = ic.arg_data_raw()
    return IncomingCall(ic.caller(), sha256(method.encode() + b"\x00" + argument).digest(), size=len(argument))


def facade_call(method: str, caller: Principal) -> IncomingCall:
    """A call that the index passes on for `caller`; the endpoint checks that it is the index."""
    argument = ic.arg_data_raw()
    return IncomingCall(caller, sha256(method.encode() + b"\x00" + argument).digest(), True, len(argument))


def reading_call(caller: Principal | None = None) -> IncomingCall:
    """A read: nothing is remembered of it, so it has no digest."""
    return IncomingCall(ic.caller() if caller is None else caller, b"", caller is not None)


def repeatable_call(caller: Principal | None = None) -> IncomingCall:
    """A change that may be sent again as it is: it needs no digest, but its size counts."""
    sender = ic.caller() if caller is None else caller
    return IncomingCall(sender, b"", caller is not None, len(ic.arg_data_raw()))
