"""State on disk: one directory, one SQLite database, one transaction per block."""

from local_replica.store.database import StateStore
from local_replica.store.errors import StateDirBusy, StateNotStored, StoreError, Unreadable, WrongSchema

__all__ = ["StateDirBusy", "StateNotStored", "StateStore", "StoreError", "Unreadable", "WrongSchema"]
