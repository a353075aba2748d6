"""Nothing is done twice: the window of remembered (caller, token), and `once` which answers from it (rule 2)."""

from collections.abc import Callable
from typing import Any

from vex_canister.incoming_call import IncomingCall
from vex_domain.digests import digest
from vex_domain.keyed_index import KeyedIndex
from vex_domain.refusals import Full, RateLimited, Refusal, TokenReused
from vex_domain.token_window import FUTURE_NS, PAST_NS, check_token, forgettable

SWEPT_AT_ONCE = 2
CALLERS_KNOWN = 1_024


class TokenMemory:
    """A ring of `capacity` slots in a stable map, found through an index on the heap.

    A slot is free again once its token is too old to come back; before that a full ring refuses new work.
    One caller takes at most `quota` slots. Sequence numbers count all that was ever remembered.
    """

    def __init__(self, store: Any, capacity: int, quota: int) -> None:
        self._store = store
        self._capacity = capacity
        self._quota = quota
        self._index = KeyedIndex(b"")
        self._counts = KeyedIndex(b"")
        self._secret = b""
        self._callers: dict[bytes, int] = {}
        self._oldest = 0
        self._oldest_at = 0
        self._next = 0

    def open(self, secret: bytes) -> None:
        """Rebuild the index from the stable map with the canister's secret."""
        self._index = KeyedIndex(secret)
        self._counts = KeyedIndex(secret)
        self._secret = secret
        self._callers = {}
        used = self._store.len()
        for slot in range(used):
            record = self._store.get(slot)
            self._count(record["caller"], 1)
            later = self.find(record["token"]) if record["sequence"] < self._next else None
            if later is None or later["sequence"] < record["sequence"]:  # a forgotten token may have come back
                self._index.put(self._index.key(record["token"]), slot)
            self._next = max(self._next, record["sequence"] + 1)
        self._oldest = self._next - used
        self._look_at_oldest()

    def caller_key(self, call: IncomingCall) -> int:
        """The keyed hash that stands for the caller in this canister."""
        return self.key_of(call.caller.bytes)

    def key_of(self, caller: bytes) -> int:
        """As `caller_key`, of a principal's bytes. It is stored with what is remembered, so it never changes."""
        known = self._callers.get(caller)
        if known is None:
            known = int.from_bytes(digest(self._secret, len(caller).to_bytes(2, "big"), caller)[:8], "big")
            if len(self._callers) >= CALLERS_KNOWN:
                self._callers = {}
            self._callers[caller] = known
        return known

    def find(self, token: bytes) -> Any:
        """The record of a token, or None."""
        slot = self._index.get(self._index.key(token))
        if slot is None:
            return None
        record = self._store.get(slot)
        return record if record["token"] == token else None

    def recall(self, token: bytes, call: IncomingCall) -> Any:
        """The record of the same call made before, or None. Raises TokenReused when it said something else."""
        record = self.find(token)
        if record is not None and not call.says(record["request"]):
            raise TokenReused
        return record

    def reserve(self, caller: int, now: int, share: int = 1) -> None:
        """Make sure that one more result can be remembered in the first 1/`share` of the ring. Raises RateLimited."""
        for _ in range(SWEPT_AT_ONCE):
            if self._oldest == self._next or not forgettable(self._oldest_at, now):
                break
            self._forget_oldest()
        if self._next - self._oldest >= self._capacity // share or (self._counts.get(caller) or 0) >= self._quota:
            raise RateLimited(max(0, self._oldest_at + PAST_NS + FUTURE_NS - now))

    def remember(self, caller: int, record: dict[str, Any]) -> None:
        """Keep a result in the slot that `reserve` found free."""
        slot = self._next % self._capacity
        record["sequence"] = self._next
        record["caller"] = caller
        self._store.insert(slot, record)
        self._index.put(self._index.key(record["token"]), slot)
        self._count(caller, 1)
        if self._next == self._oldest:
            self._oldest_at = record["at"]
        self._next += 1

    def replace(self, token: bytes, numbers: list[int]) -> None:
        """Write other numbers over those of a remembered token."""
        slot = self._index.get(self._index.key(token))
        record = self._store.get(slot)
        record["numbers"] = numbers
        self._store.insert(slot, record)

    def _forget_oldest(self) -> None:
        slot = self._oldest % self._capacity
        record = self._store.get(slot)
        key = self._index.key(record["token"])
        if self._index.get(key) == slot:
            self._index.drop(key)
        self._count(record["caller"], -1)
        self._oldest += 1
        self._look_at_oldest()

    def _look_at_oldest(self) -> None:
        if self._oldest < self._next:
            self._oldest_at = self._store.get(self._oldest % self._capacity)["at"]

    def _count(self, caller: int, step: int) -> None:
        count = (self._counts.get(caller) or 0) + step
        if count:
            self._counts.put(caller, count)
        else:
            self._counts.drop(caller)


def token_digest(call: IncomingCall, token: str) -> bytes:
    """What identifies (caller, token): SHA-256 with the caller length-prefixed."""
    caller = call.caller.bytes
    return digest(bytes((len(caller),)), caller, token.encode())


def once(
    memory: TokenMemory,
    now: int,
    call: IncomingCall,
    request: dict[str, Any],
    operation: Callable[[], list[int]],
    *,
    share: int = 1,
) -> list[int]:
    """The numbers that `operation` answers, or those that it answered to the same call before.

    `share`: new work is taken only while less than 1/`share` of the memory is in use.
    Runs in one slice. `operation` refuses before it changes anything. Successes and `Full` are remembered.
    Raises the refusals of `check_token`, of the memory and of the operation.
    """
    check_token(request["client_token"], request["created_at"], now)
    token = token_digest(call, request["client_token"])
    former = memory.recall(token, call)
    if former is not None:
        if former["failure"] is not None:
            raise Full
        numbers: list[int] = former["numbers"]
        return numbers
    caller = memory.caller_key(call)
    memory.reserve(caller, now, share)
    failure: Refusal | None = None
    numbers = []
    try:
        numbers = operation()
    except Full as refusal:
        failure = refusal
    memory.remember(
        caller,
        {
            "token": token,
            "request": call.digest,
            "at": now,
            "numbers": numbers,
            "failure": None if failure is None else failure.code,
        },
    )
    if failure is not None:
        raise failure
    return numbers
