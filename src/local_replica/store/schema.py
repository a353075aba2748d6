"""Tables of the state database, and how ingress answers are written in them."""

from collections.abc import Iterable, Iterator

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


PIECE_BYTES = 256 << 20
"""Longer blobs are kept in pieces: SQLite takes a thousand million bytes in a row."""

_HASH_BYTES = 32
_NUMBER_BYTES = 4


def pieces(key: bytes, content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a blob: one under its key, or one for each piece, numbered behind the key."""
    if len(content) <= PIECE_BYTES:
        yield key, content
        return
    for number, start in enumerate(range(0, len(content), PIECE_BYTES)):
        yield key + number.to_bytes(_NUMBER_BYTES, "big"), content[start : start + PIECE_BYTES]


def joined(rows: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The inverse of `pieces`, for rows in the order of their keys."""
    found: dict[bytes, list[bytes]] = {}
    for key, content in rows:
        found.setdefault(key[:_HASH_BYTES], []).append(content)
    return {key: b"".join(parts) for key, parts in found.items()}


def last_piece(key: bytes) -> bytes:
    """The greatest key that a piece of a blob can have."""
    return key + b"\xff" * _NUMBER_BYTES


_SIGNED_END, _UNSIGNED_END = 1 << 63, 1 << 64


def _signed(time_ns: int) -> int:
    """A time as SQLite can hold it: its integers have a sign, the replica's clock has none (from the year 2262 on)."""
    wrapped = time_ns % _UNSIGNED_END
    return wrapped - _UNSIGNED_END if wrapped >= _SIGNED_END else wrapped


def _unsigned(stored: int) -> int:
    return stored % _UNSIGNED_END


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
        _signed(status.expiry_ns),
        status.reply,
        *refusal,
    )


def ingress_status(row: tuple[object, ...]) -> tuple[bytes, IngressStatus]:
    """The inverse of `ingress_row`."""
    message_id, state, sender, canister_id, subnet_id, expiry_ns, reply, code, error_code, message, certified = row
    reject = None if code is None else Reject(code, error_code, message, bool(certified))  # type: ignore[arg-type] # columns have the types of the table
    expiry = _unsigned(expiry_ns)  # type: ignore[arg-type] # as above
    status = IngressStatus(IngressState(state), sender, canister_id, subnet_id, expiry, reply, reject)  # type: ignore[arg-type] # as above
    return message_id, status  # type: ignore[return-value] # as above
