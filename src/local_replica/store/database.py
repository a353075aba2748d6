"""The state directory: its lock, and a database to which each block is one durable transaction."""

import fcntl
import pickle
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local_replica.execution.port import InstanceDelta, InstanceState
from local_replica.state import CanisterChange, CanisterState, Changes, ReplicaState
from local_replica.store.errors import StateDirBusy, StateNotStored, Unreadable, WrongSchema
from local_replica.store.schema import (
    DATABASE_PAGE_BYTES,
    HEAP,
    PAGE_BYTES,
    STABLE,
    TABLES,
    VERSION,
    ingress_row,
    ingress_status,
    joined,
    last_piece,
    page_key,
    pieces,
)

_UPSERT = (
    "INSERT INTO canister(canister_id, record) VALUES (?, ?)"
    " ON CONFLICT(canister_id) DO UPDATE SET record = excluded.record RETURNING number"
)


class StateStore:
    """All state of one replica under a directory. One process at a time; one thread at a time."""

    def __init__(self, directory: Path) -> None:
        """Open or create. Raises StateDirBusy, WrongSchema, StateNotStored."""
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = (directory / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise StateDirBusy(f"{directory} is served by another process") from error
        try:
            self._database = sqlite3.connect(directory / "state.sqlite3", isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            self._lock.close()
            raise Unreadable(f"{directory} holds no state: {error}") from error
        try:
            self._open(directory)
        except sqlite3.DatabaseError as error:
            self.close()
            raise WrongSchema(f"{directory} holds no readable state: {error}") from error
        except WrongSchema:
            self.close()
            raise

    def _open(self, directory: Path) -> None:
        execute = self._database.execute
        execute(f"PRAGMA page_size = {DATABASE_PAGE_BYTES}")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA wal_autocheckpoint = 2000")
        found = execute("PRAGMA user_version").fetchone()[0]
        if found == 0 and not execute("SELECT 1 FROM sqlite_master").fetchone():
            self._database.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        elif found != VERSION:
            raise WrongSchema(f"{directory} has state of version {found}, this program reads version {VERSION}")

    def close(self) -> None:
        """Close the database and give the directory free."""
        self._database.close()
        self._lock.close()

    def setting(self, name: str) -> bytes | None:
        """Return a value kept beside the state, or None."""
        row = self._database.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set_setting(self, name: str, value: bytes) -> None:
        """Keep a value beside the state, such as the seed. Raises StateNotStored."""
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = self._database
        try:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")
        except sqlite3.Error as error:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise StateNotStored(f"state could not be stored: {error}") from error

    def commit(self, blocks: Sequence[Changes]) -> None:
        """Make blocks durable, in their order. Raises StateNotStored, and then none of them is on disk."""
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO system VALUES (0, ?)", (blocks[-1].system,))
            for changes in blocks:
                self._put_block(changes)

    def _put_block(self, changes: Changes) -> None:
        rows = (row for key, content in changes.blobs.items() for row in pieces(key, content))
        self._database.executemany("INSERT OR REPLACE INTO blob VALUES (?, ?)", rows)
        dropped = ((one, last_piece(one)) for one in changes.dropped_blobs)
        self._database.executemany("DELETE FROM blob WHERE hash BETWEEN ? AND ?", dropped)
        for canister_id in changes.deleted:
            self._delete(canister_id)
        for canister_id, change in changes.canisters.items():
            self._put(canister_id, change)
        self._put_ingress(changes)

    def _put_ingress(self, changes: Changes) -> None:
        known = [ingress_row(one, status) for one, status in changes.ingress.items() if status is not None]
        gone = [(one,) for one, status in changes.ingress.items() if status is None]
        self._database.executemany("INSERT OR REPLACE INTO ingress VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", known)
        self._database.executemany("DELETE FROM ingress WHERE message_id = ?", gone)

    def _put(self, canister_id: bytes, change: CanisterChange) -> None:
        number = self._database.execute(_UPSERT, (canister_id, change.record)).fetchone()[0]
        if change.empty or change.anew:
            self._forget_memory(number)
        if change.memory is not None:
            self._put_memory(number, change.memory)

    def _put_memory(self, number: int, delta: InstanceDelta) -> None:
        kinds = ((HEAP, delta.heap_pages), (STABLE, delta.stable_pages))
        rows = [(page_key(number, kind, page), content) for kind, pages in kinds for page, content in pages.items()]
        self._database.executemany("INSERT OR REPLACE INTO page VALUES (?, ?)", rows)
        sizes = (delta.heap_size, delta.stable_size, pickle.dumps(delta.globals), number)
        self._database.execute(
            "UPDATE canister SET heap_bytes = ?, stable_bytes = ?, globals = ? WHERE number = ?", sizes
        )

    def _forget_memory(self, number: int) -> None:
        span = (page_key(number, HEAP, 0), page_key(number + 1, HEAP, 0))
        self._database.execute("DELETE FROM page WHERE key >= ? AND key < ?", span)
        self._database.execute(
            "UPDATE canister SET heap_bytes = NULL, stable_bytes = NULL, globals = NULL WHERE number = ?", (number,)
        )

    def _delete(self, canister_id: bytes) -> None:
        row = self._database.execute("SELECT number FROM canister WHERE canister_id = ?", (canister_id,)).fetchone()
        if row is not None:
            self._forget_memory(row[0])
            self._database.execute("DELETE FROM canister WHERE number = ?", row)

    def load(self) -> ReplicaState | None:
        """Return what the last block left, or None for a new directory."""
        row = self._database.execute("SELECT content FROM system").fetchone()
        if row is None:
            return None
        canisters = self._database.execute(
            "SELECT canister_id, record, number, heap_bytes, stable_bytes, globals FROM canister"
        ).fetchall()
        return ReplicaState(
            system=row[0],
            canisters={one[0]: CanisterState(one[1], self._memory(*one[2:])) for one in canisters},
            ingress=dict(map(ingress_status, self._database.execute("SELECT * FROM ingress"))),
            blobs=joined(self._database.execute("SELECT hash, content FROM blob ORDER BY hash")),
        )

    def _memory(
        self, number: int, heap_bytes: int | None, stable_bytes: int | None, globals_: bytes
    ) -> InstanceState | None:
        if heap_bytes is None or stable_bytes is None:
            return None
        heap = self._pages(number, HEAP, heap_bytes)
        stable = self._pages(number, STABLE, stable_bytes)
        # Written by this class into a directory of this user only, so unpickling runs nobody else's code.
        return InstanceState(heap, stable, pickle.loads(globals_))  # noqa: S301 - as said above

    def _pages(self, number: int, kind: int, size: int) -> bytes:
        memory = bytearray(size)
        first = page_key(number, kind, 0)
        span = (first, page_key(number, kind, size // PAGE_BYTES))
        for key, content in self._database.execute("SELECT key, content FROM page WHERE key >= ? AND key < ?", span):
            start = (key - first) * PAGE_BYTES
            memory[start : start + PAGE_BYTES] = content
        return bytes(memory)
