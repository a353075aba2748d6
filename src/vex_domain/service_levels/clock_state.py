"""What is kept of a ticket's clocks: six clocks, some times, what has fired; packed into at most 512 bytes."""

from struct import Struct

FIRST_REPLY = 0
NEXT_REPLY = 1
PERIODIC_UPDATE = 2
REQUESTER_WAIT = 3
AGENT_WORK = 4
TOTAL_RESOLUTION = 5
METRICS = ("first_reply", "next_reply", "periodic_update", "requester_wait", "agent_work", "total_resolution")

NOT_STARTED = 0
OPEN = 1
ENDED = 2

FIRED_MOST = 8
AUTOMATIONS_FIRED_MOST = 32
NEVER = (1 << 32) - 1
PACKED_MOST = 512

_FORMAT = 1
_HEAD = Struct("<BIIIIIIIHBBB")
_CLOCK = Struct("<BBIIqB")
_BUSINESS = 1
_COUNTING = 2


class Clock:
    """One measure of waiting. `spent` is in seconds of the hours that were in force when they passed.

    `reading` is what those hours showed when `spent` was last brought up to date, None while nothing is counted.
    `fired` names what has happened in this run: minutes before the target at which an escalation ran, 0 the breach.
    """

    __slots__ = ("business", "fired", "phase", "reading", "since", "spent")

    def __init__(self) -> None:
        self.phase = NOT_STARTED
        self.since = 0
        self.spent = 0
        self.reading: int | None = None
        self.business = False
        self.fired: list[int] = []

    @property
    def breached(self) -> bool:
        """Whether the target was missed in this run."""
        return 0 in self.fired

    def start(self, since: int, spent: int = 0) -> None:
        """A new run: nothing has fired yet."""
        self.phase = OPEN
        self.since = since
        self.spent = spent
        self.fired = []


class TicketClocks:
    """The clocks of one ticket with the policy in force, and the times that automations ask for (seconds)."""

    def __init__(self) -> None:
        self.settled_at = 0
        self.due = NEVER
        self.rules_version = 0
        self.policy = ""
        self.calendar = ""
        self.status_since = 0
        self.assigned_since = 0
        self.requester_at = 0
        self.staff_at = 0
        self.automations: list[int] = []
        self.clocks = [Clock() for _ in METRICS]

    def packed(self) -> bytes:
        """The bytes that `unpacked` reads."""
        policy = self.policy.encode()
        calendar = self.calendar.encode()
        times = (self.status_since, self.assigned_since, self.requester_at, self.staff_at)
        sizes = (0, len(policy), len(calendar), len(self.automations))
        parts = [_HEAD.pack(_FORMAT, self.settled_at, self.due, self.rules_version, *times, *sizes), policy, calendar]
        if self.automations:
            parts.extend([key.to_bytes(4, "little") for key in self.automations])
        for number, clock in enumerate(self.clocks):
            if clock.phase:
                parts.append(_packed_clock(number, clock))
        return b"".join(parts)


def _packed_clock(number: int, clock: Clock) -> bytes:
    flags = (_BUSINESS if clock.business else 0) | (0 if clock.reading is None else _COUNTING)
    reading = clock.reading or 0
    packed = _CLOCK.pack(number << 4 | clock.phase, flags, clock.since, clock.spent, reading, len(clock.fired))
    for before in clock.fired:
        packed += before.to_bytes(2, "little")
    return packed


def packed_due(packed: bytes) -> int:
    """When the packed clocks are due, without unpacking the rest: a rebuild reads tens of thousands."""
    due: int = _HEAD.unpack_from(packed)[2]
    return due


def unpacked(packed: bytes) -> TicketClocks:
    """The clocks that were packed."""
    state = TicketClocks()
    head = _HEAD.unpack_from(packed)
    state.settled_at, state.due, state.rules_version = head[1:4]
    state.status_since, state.assigned_since, state.requester_at, state.staff_at = head[4:8]
    at = _HEAD.size
    state.policy = packed[at : at + head[9]].decode()
    at += head[9]
    state.calendar = packed[at : at + head[10]].decode()
    at += head[10]
    state.automations = [int.from_bytes(packed[at + 4 * n : at + 4 * n + 4], "little") for n in range(head[11])]
    at += 4 * head[11]
    while at < len(packed):
        at = _read_clock(state, packed, at)
    return state


def _read_clock(state: TicketClocks, packed: bytes, at: int) -> int:
    kind, flags, since, spent, reading, fired = _CLOCK.unpack_from(packed, at)
    end: int = at + _CLOCK.size + 2 * fired
    clock = state.clocks[kind >> 4]
    clock.phase = kind & 15
    clock.business = flags & _BUSINESS != 0
    clock.since = since
    clock.spent = spent
    clock.reading = reading if flags & _COUNTING else None
    places = range(at + _CLOCK.size, end, 2)
    clock.fired = [int.from_bytes(packed[place : place + 2], "little") for place in places]
    return end
