"""One ticket under change, from what is stored to one audit event: every operation and every timer goes this way.

An operation checks all, then changes `TicketWork`, then commits it; nothing is awaited in between, and what follows
from a change (`consequences`) is worked out before anything is written.
"""

from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from shard_canister.tickets.consequences import CONSEQUENCES, WITHOUT_SERVICE
from vex_domain.access import Access
from vex_domain.configuration.sections import OrganisationRules
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Full, Invalid, NotFound
from vex_domain.text_rules import pages_of
from vex_domain.ticket_proof import leaf_content, ticket_digest
from vex_domain.value_hash import salted

PAGES_OF_A_TICKET = 65_535


class TicketWork:
    """A ticket being changed. `header` is the stored record; `before` a copy of it, None for a new ticket.

    `change` is what the audit event commits to; `events` tell the consequences what happened, each {"kind": …}.
    `parts` holds, by name, what was loaded of the ticket besides its header (`part`); those in `touched` are written.
    `texts` are bodies that wait for their pages: (first page, bytes).
    """

    __slots__ = (
        "access",
        "before",
        "change",
        "events",
        "header",
        "id",
        "now",
        "parts",
        "rules",
        "texts",
        "touched",
    )

    def __init__(self, env: Any, access: Access, ticket_id: int, header: dict[str, Any], *, new: bool = False) -> None:
        self.access = access
        self.id = ticket_id
        self.header = header
        self.before: dict[str, Any] | None = None if new else dict(header)
        self.rules: OrganisationRules = env.rules_of(header["organisation"])
        self.now: int = env.now()
        self.change: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.parts: dict[str, Any] = {}
        self.touched: list[str] = []
        self.texts: list[tuple[int, bytes]] = []

    @property
    def is_new(self) -> bool:
        """Whether this change makes the ticket."""
        return self.before is None

    def part(self, env: Any, name: str, kind: Any) -> Any:
        """The part of this name, loaded once by `kind.load(env, ticket id)`; a new ticket has an empty `kind()`."""
        if name not in self.parts:
            self.parts[name] = kind() if self.is_new else kind.load(env, self.id)
        return self.parts[name]

    def touch(self, name: str) -> None:
        """Have this part written by its `store(env, ticket id)`."""
        if name not in self.touched:
            self.touched.append(name)

    def append_text(self, body: bytes) -> tuple[int, int]:
        """Give a text its pages; the first one's number and their count. Raises Full when the ticket has no more."""
        first: int = self.header["pages"]
        count = -(-len(body) // PAGE_BYTES)
        if first + count > PAGES_OF_A_TICKET:
            raise Full("the ticket takes no more text")
        self.header["pages"] = first + count
        self.texts.append((first, body))
        return first, count


def work_on(env: Any, access: Access, ticket_id: int) -> TicketWork:
    """A stored ticket to be changed by somebody who may see it. Raises NotFound."""
    return TicketWork(env, access, ticket_id, visible_ticket(env, access, ticket_id))


def visible_ticket(env: Any, access: Access, ticket_id: int) -> dict[str, Any]:
    """The stored ticket, when it belongs to the access's organisation and the person may see it. Raises NotFound."""
    ticket: dict[str, Any] | None = env.stores.tickets.get(ticket_id)
    if ticket is None or ticket["organisation"] != access.organisation:
        raise NotFound("ticket")
    access.require_sight(ticket["requester"])
    return ticket


def require_changeable(env: Any, work: TicketWork) -> None:
    """Nothing changes any more in a closed ticket, nor now in one that is being merged. Raises Invalid, Underway."""
    if work.rules.workflow.state_of(work.header["status"]).is_closed:
        raise Invalid("status", "is closed")
    env.locks.require_free(work.id)


def commit(env: Any, work: TicketWork, kind: str) -> int:
    """Work out the consequences, write everything, append the audit event; its index. Refuses nothing."""
    for consequence in CONSEQUENCES if work.rules.serves else WITHOUT_SERVICE:
        consequence(env, work)
    header, before = work.header, work.before
    if before is None:
        header["version"] = 1
    else:
        header["version"] += 1
        if not work.rules.workflow.is_settled(header["status"]):
            header["solved_at"] = None
        elif not work.rules.workflow.is_settled(before["status"]):
            header["solved_at"] = work.now
    header["changed_at"] = work.now
    for first, body in work.texts:
        write_pages(env, work.id, first, body)
    for name in work.touched:
        work.parts[name].store(env, work.id)
    event = _append_event(env, work, kind)
    header["last_event"] = event
    header["leaf"] = leaf_content(header, header["body_hash"], header["comment_head"], header["salt"])
    env.stores.tickets.insert(work.id, header)
    position = work.id - env.start
    env.tree.put(position, ticket_digest(work.id, header["leaf"]))
    if before is None:
        env.index.add(position, header, work.rules.workflow)
        env.count = position + 1
    else:
        env.index.move(position, before, header, work.rules.workflow)
    env.certify()
    return event


def _append_event(env: Any, work: TicketWork, kind: str) -> int:
    salt = env.salts.draw()
    event = {
        "kind": kind,
        "at": work.now,
        "ticket": work.id,
        "organisation": work.header["organisation"],
        "actor": work.access.person,
        "version": work.header["version"],
        "commitment": salted(salt, {"kind": kind, **work.change}),
        "salt": salt,
        "previous": work.header["last_event"],
    }
    index: int = env.audit.append(event)
    return index


def write_pages(env: Any, ticket_id: int, first: int, body: bytes) -> None:
    """Write a text into the ticket's pages from `first` on."""
    insert = env.stores.pages.insert
    for number, page in enumerate(pages_of(body, PAGE_BYTES)):
        insert(sequence_key(ticket_id, first + number), page)
