"""Tables of the state database, and how ingress answers are written in them."""

from local_replica.errors import Reject
from local_replica.ingress import IngressState, IngressStatus

VERSION = 1

PAGE_BYTES = 4096
"""A page of canister memory; with its key, two fit badly into one database page and one fits well."""

DATABASE_PAGE_BYTES = 8192

TABLES = """
CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE system(only INTEGER PRIMARY KEY CHECK (only = 0), content BLOB NOT NULL);
CREATE TABLE canister(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    canister_id BLOB NOT NULL UNIQUE,
    record BLOB NOT NULL,
    heap_bytes INTEGER, stable_bytes INTEGER, globals BLOB
);
CREATE TABLE page(key INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE blob(hash BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE ingress(
    message_id BLOB PRIMARY KEY, state TEXT NOT NULL, sender BLOB NOT NULL, canister_id BLOB NOT NULL,
    subnet_id BLOB NOT NULL, expiry_ns INTEGER NOT NULL,
    reply BLOB, reject_code INTEGER, error_code TEXT, message TEXT, certified INTEGER
) WITHOUT ROWID;
"""

HEAP, STABLE = 0, 1
"""Which memory a page belongs to."""

_KIND_BITS, _PAGE_BITS = 1, 28
"""2**28 pages are 1 TiB, more than either memory may grow to."""


def page_key(number: int, kind: int, page: int) -> int:
    """The key of a page: canister's number, which memory, and the page's index, so that a memory is one range."""
    return (number << _KIND_BITS | kind) << _PAGE_BITS | page


def ingress_row(message_id: bytes, status: IngressStatus) -> tuple[object, ...]:
    """One row of `ingress`."""
    reject = status.reject
    refusal = (
        (None, None, None, None)
        if reject is None
        else (reject.reject_code, reject.error_code, reject.message, reject.certified)
    )
    return (
        message_id,
        status.state.value,
        status.sender,
        status.canister_id,
        status.subnet_id,
        status.expiry_ns,
        status.reply,
        *refusal,
    )


def ingress_status(row: tuple[object, ...]) -> tuple[bytes, IngressStatus]:
    """The inverse of `ingress_row`."""
    message_id, state, sender, canister_id, subnet_id, expiry_ns, reply, code, error_code, message, certified = row
    reject = None if code is None else Reject(code, error_code, message, bool(certified))  # type: ignore[arg-type] # columns have the types of the table
    status = IngressStatus(IngressState(state), sender, canister_id, subnet_id, expiry_ns, reply, reject)  # type: ignore[arg-type] # as above
    return message_id, status  # type: ignore[return-value] # as above
