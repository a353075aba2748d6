"""Uploads under way and the pieces of files in stable memory, with what has to be swept away."""

from typing import Any

from vex_domain.attachments.chunk_rules import PIECE_BYTES, piece_spans, pieces_of_range
from vex_domain.id_ranges import sequence_key

NEXT = 0
ROOMS = 1 << 63
PIECES_SWEPT_AT_ONCE = 256


class UploadRoom:
    """Open uploads by number (heap: uploader, organisation, end), remains to sweep, bytes that organisations take."""

    def __init__(self, slots: Any, pieces: Any) -> None:
        self._slots = slots
        self._pieces = pieces
        self.open: dict[int, tuple[int, int, int]] = {}
        self.remains: list[int] = []

    def rebuild(self) -> None:
        """Take from stable memory what is open and what remains; at an upgrade only, as it reads every key."""
        for number in self._slots.keys():  # noqa: SIM118  # a stable map has no iteration
            slot = self._slots.get(number)
            if "Upload" in slot:
                self._keep(number, slot["Upload"])
            elif "Remains" in slot:
                self.remains.append(number)

    def get(self, number: int) -> dict[str, Any] | None:
        """An open upload."""
        if number not in self.open:
            return None
        upload: dict[str, Any] = self._slots.get(number)["Upload"]
        return upload

    def add(self, upload: dict[str, Any]) -> int:
        """Keep a new upload; its number, which no other ever gets."""
        slot = self._slots.get(NEXT)
        number: int = 1 if slot is None else slot["Next"]
        self._slots.insert(NEXT, {"Next": number + 1})
        self.put(number, upload)
        self.take_room(upload["organisation"], upload["size"])
        return number

    def put(self, number: int, upload: dict[str, Any]) -> None:
        """Write an open upload."""
        self._slots.insert(number, {"Upload": upload})
        self._keep(number, upload)

    def settle(self, number: int) -> None:
        """An upload is done: its pieces belong to an attachment now."""
        self._slots.remove(number)
        del self.open[number]

    def discard(self, number: int, organisation: int, size: int) -> None:
        """Leave the pieces of an upload or attachment to the sweep, and give its room back."""
        self.open.pop(number, None)
        self._slots.insert(number, {"Remains": {"pieces": len(pieces_of_range(0, size)), "next": 0}})
        self.remains.append(number)
        self.take_room(organisation, -size)

    def open_of(self, person: int, organisation: int) -> int:
        """How many uploads a person has under way in an organisation."""
        return len([end for who, where, end in self.open.values() if (who, where) == (person, organisation)])

    def expired(self, now: int) -> list[int]:
        """The uploads whose time is over."""
        return [number for number, (_who, _where, end) in self.open.items() if end <= now]

    def room_of(self, organisation: int) -> int:
        """The bytes that the organisation's attachments and uploads take."""
        slot = self._slots.get(ROOMS | organisation)
        return 0 if slot is None else int(slot["Room"]["bytes"])

    def take_room(self, organisation: int, size: int) -> None:
        """Count bytes; a negative size gives them back."""
        self._slots.insert(ROOMS | organisation, {"Room": {"bytes": self.room_of(organisation) + size}})

    def write_chunk(self, storage: int, number: int, content: bytes) -> None:
        """Write a chunk's pieces."""
        for piece, span in piece_spans(number, content):
            self._pieces.insert(sequence_key(storage, piece), span)

    def read(self, storage: int, first: int, end: int) -> bytes:
        """A file's bytes from `first` up to and without `end`."""
        pieces = pieces_of_range(first, end)
        content = b"".join([self._pieces.get(sequence_key(storage, piece)) for piece in pieces])
        start = pieces.start * PIECE_BYTES
        return content[first - start : end - start]

    def hash_into(self, digest: Any, storage: int, size: int) -> None:
        """Update a hash with a file's pieces in order."""
        for piece in pieces_of_range(0, size):
            digest.update(self._pieces.get(sequence_key(storage, piece)))

    def sweep(self) -> bool:
        """Take up to 256 steps of wiping pieces that nothing names; whether there is more to do.

        All pieces are overwritten before the first is removed, from the last one back: a removal moves its neighbours.
        """
        budget = PIECES_SWEPT_AT_ONCE
        while self.remains and budget:
            number = self.remains[-1]
            left = self._slots.get(number)["Remains"]
            pieces, end = left["pieces"], min(2 * left["pieces"], left["next"] + budget)
            for step in range(left["next"], end):
                self._wipe(number, step, pieces)
            budget -= end - left["next"]
            if end == 2 * pieces:
                self._slots.remove(number)
                self.remains.pop()
            else:
                self._slots.insert(number, {"Remains": {"pieces": pieces, "next": end}})
        return bool(self.remains)

    def _wipe(self, number: int, step: int, pieces: int) -> None:
        key = sequence_key(number, step if step < pieces else 2 * pieces - 1 - step)
        # Of a chunk that never came there is nothing to wipe.
        if self._pieces.contains_key(key):
            if step < pieces:
                self._pieces.insert(key, bytes(PIECE_BYTES))
            else:
                self._pieces.remove(key)

    def _keep(self, number: int, upload: dict[str, Any]) -> None:
        self.open[number] = (upload["uploader"], upload["organisation"], upload["expires_at"])
