"""What can go wrong with the state on disk: StoreError > StateDirBusy, WrongSchema, Unreadable, StateNotStored."""


class StoreError(Exception):
    """The state on disk cannot be used; the text says why, for people."""


class StateDirBusy(StoreError):
    """Another process serves this state directory."""


class WrongSchema(StoreError):
    """The directory was written by another version, or is no state directory."""


class Unreadable(StoreError):
    """What the directory holds is damaged, or the state of another network."""


class StateNotStored(StoreError):
    """A block could not be made durable (disk full, disk failure); nothing of it was kept on disk."""
