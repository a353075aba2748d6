"""What an import has sent and been told, kept on disk before it is sent, so that a crash doubles nothing."""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candid import Principal
from vex.helpdesk import Write

__all__ = ["Entry", "Journal"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (
    reference TEXT PRIMARY KEY, token TEXT NOT NULL, created_at INTEGER NOT NULL,
    shard TEXT, ticket INTEGER, version INTEGER, steps INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS person (key TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS organisation (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS write (purpose TEXT PRIMARY KEY, token TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One ticket's progress: its token, the shard first tried, the ticket once there is one, steps done after that."""

    reference: str
    token: str
    created_at: int
    shard: Principal | None
    ticket: int | None
    version: int
    steps: int

    def write(self, step: int = 0) -> Write:
        """The write of a step: 0 creates the ticket, then one for each comment and the final state."""
        return Write(f"{self.token}-{step}", self.created_at)


class Journal:
    """The journal at `path` (":memory:" for none to keep)."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        self._database.close()

    def entry(self, reference: str) -> Entry:
        """The entry of a ticket, begun now when there is none."""
        row = self._row(reference)
        if row is None:
            with self._durably():
                self._database.execute(
                    "INSERT INTO ticket (reference, token, created_at) VALUES (?, ?, ?)",
                    (reference, secrets.token_hex(12), time.time_ns()),
                )
            row = self._row(reference)
        shard = None if row[3] is None else Principal.from_text(row[3])
        return Entry(row[0], row[1], row[2], shard, row[4], row[5] or 0, row[6])

    def _row(self, reference: str) -> Any:
        return self._database.execute(
            "SELECT reference, token, created_at, shard, ticket, version, steps FROM ticket WHERE reference = ?",
            (reference,),
        ).fetchone()

    @contextmanager
    def _durably(self) -> Iterator[None]:
        """What must be on disk before a request leaves: without it a lost machine would send under a new token."""
        self._database.execute("PRAGMA synchronous = FULL")
        yield
        self._database.execute("PRAGMA synchronous = NORMAL")

    def chose(self, reference: str, shard: Principal) -> None:
        """The shard that the ticket is about to be sent to."""
        with self._durably():
            self._database.execute("UPDATE ticket SET shard = ? WHERE reference = ?", (str(shard), reference))

    def done(self, reference: str, *, ticket: int, version: int, steps: int) -> None:
        """The ticket exists, and so many of its steps are answered. Losing this costs a repeat, which is harmless."""
        self._database.execute(
            "UPDATE ticket SET ticket = ?, version = ?, steps = ? WHERE reference = ?",
            (ticket, version, steps, reference),
        )

    def write(self, purpose: str) -> Write:
        """The write for a purpose that is no ticket's: the same one whenever it is asked for."""
        with self._durably():
            self._database.execute(
                "INSERT OR IGNORE INTO write VALUES (?, ?, ?)", (purpose, secrets.token_hex(12), time.time_ns())
            )
        row = self._database.execute("SELECT token, created_at FROM write WHERE purpose = ?", (purpose,)).fetchone()
        return Write(row[0], row[1])

    def organisations(self) -> dict[str, int]:
        """Ids by name of what is created."""
        return dict(self._database.execute("SELECT name, id FROM organisation").fetchall())

    def created_organisation(self, name: str, number: int) -> None:
        self._database.execute("INSERT OR REPLACE INTO organisation VALUES (?, ?)", (name, number))

    def people(self) -> dict[str, int]:
        """Ids by key of everybody who is registered."""
        return dict(self._database.execute("SELECT key, id FROM person").fetchall())

    def registered(self, people: dict[str, int]) -> None:
        self._database.executemany("INSERT OR REPLACE INTO person VALUES (?, ?)", people.items())
