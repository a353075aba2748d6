"""A canister's queues: one per sender on the way in, slots per callee on the way out."""

from collections import deque
from dataclasses import dataclass, field

from local_replica.messages import FromCanister, Message, Response

QUEUE_CAPACITY = 500
"""Calls that one canister may have under way to another (replicated state: DEFAULT_QUEUE_CAPACITY)."""


@dataclass(slots=True)
class Queues:
    """Input by sender, taken in turn; ingress is one sender among them. Output leaves after each message."""

    inputs: dict[bytes | None, deque[Message]] = field(default_factory=dict)
    """None is ingress; a sender without messages has no entry. The first entry is the next to be served."""
    in_flight: dict[bytes, int] = field(default_factory=dict)
    """Calls under way by callee: slots of the output queue and of the way back."""
    outputs: list[Message] = field(default_factory=list)

    def push(self, sender: bytes | None, message: Message) -> None:
        """Append a message to its sender's queue."""
        queue = self.inputs.get(sender)
        if queue is None:
            self.inputs[sender] = queue = deque()
        queue.append(message)

    def pop(self) -> Message:
        """The next message, from the sender that has waited longest. Raises StopIteration when there is none."""
        sender = next(iter(self.inputs))
        queue = self.inputs.pop(sender)
        message = queue.popleft()
        if queue:
            self.inputs[sender] = queue
        return message

    def peek(self) -> Message:
        """What `pop` would give."""
        return next(iter(self.inputs.values()))[0]

    @property
    def has_input(self) -> bool:
        return bool(self.inputs)

    def reserve(self, callee: bytes) -> bool:
        """Take a slot towards the callee; False when all are taken."""
        used = self.in_flight.get(callee, 0)
        if used >= QUEUE_CAPACITY:
            return False
        self.in_flight[callee] = used + 1
        return True

    def release(self, callee: bytes, slots: int = 1) -> None:
        """Give back slots of calls answered (or rolled back)."""
        left = self.in_flight.get(callee, 0) - slots
        if left > 0:
            self.in_flight[callee] = left
        else:
            self.in_flight.pop(callee, None)

    def take_outputs(self) -> list[Message]:
        """All messages waiting to leave."""
        outputs, self.outputs = self.outputs, []
        return outputs


def sender_of(message: Message) -> bytes | None:
    """The queue that a message belongs to."""
    if isinstance(message, Response):
        return message.respondent
    return message.sender if isinstance(message.origin, FromCanister) else None
