"""The shard's audit chain in stable memory, its head on the heap, and what is certified of it."""

from typing import Any

from vex_domain.attachments import skipped_certification
from vex_domain.audit_chain import LAST_HASH, LAST_INDEX, block_hash
from vex_domain.hash_tree import fork, fork_digest, labeled, labeled_root, leaf, pruned
from vex_domain.ticket_proof import TICKETS
from vex_domain.value_hash import unsigned_leb128

LABELS = (LAST_HASH, LAST_INDEX, TICKETS)


class AuditLog:
    """Events under 0, 1, 2 …; each names the hash of the one before.

    `serves_http`: the certified tree also says that HTTP responses are not certified, once there are any.
    """

    def __init__(self, store: Any) -> None:
        self._store = store
        self.count = 0
        self.head: bytes | None = None
        self.serves_http = False

    def rebuild(self) -> None:
        """Take count and head from stable memory."""
        self.count = self._store.len()
        self.head = self._store.get(self.count - 1)["hash"] if self.count else None

    def append(self, event: dict[str, Any]) -> int:
        """Add an event, whose `hash` is filled in here; returns its index."""
        index = self.count
        event["hash"] = block_hash(event, self.head)
        self._store.insert(index, event)
        self.head = event["hash"]
        self.count = index + 1
        return index

    def certified_root(self, tickets_root: bytes) -> bytes:
        """The certified data: labels last_block_hash, last_block_index (ICRC-3, when there is a block) and tickets."""
        root = self._chain_root(tickets_root)
        return fork_digest(skipped_certification.DIGEST, root) if self.serves_http else root

    def _chain_root(self, tickets_root: bytes) -> bytes:
        if self.head is None:
            return labeled_root((TICKETS,), (), (tickets_root,))
        return labeled_root(LABELS, (self.head, unsigned_leb128(self.count - 1)), (tickets_root,))

    def witness(self, tickets: bytes) -> bytes:
        """The certified tree with the head shown and `tickets` as the subtree under its label."""
        shown = labeled(TICKETS, tickets)
        if self.head is not None:
            last_index = labeled(LAST_INDEX, leaf(unsigned_leb128(self.count - 1)))
            shown = fork(fork(labeled(LAST_HASH, leaf(self.head)), last_index), shown)
        return fork(pruned(skipped_certification.DIGEST), shown) if self.serves_http else shown

    def head_witness(self, tickets_root: bytes) -> bytes:
        """The witness of the head alone."""
        return self.witness(pruned(tickets_root))

    def http_witness(self, tickets_root: bytes) -> bytes:
        """The witness that HTTP responses are not certified."""
        return fork(skipped_certification.subtree(), pruned(self._chain_root(tickets_root)))
