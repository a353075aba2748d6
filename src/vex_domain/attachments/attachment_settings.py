"""The section `attachments` of an organisation's configuration: what may be attached, how much, for how long."""

from typing import Any

from vex_domain.attachments.chunk_rules import FILE_BYTES_MOST
from vex_domain.attachments.content_types import CONTENT_TYPES
from vex_domain.refusals import TooLarge
from vex_domain.time_units import NS

MIB = 1_048_576
DEFAULT_ATTACHMENTS: dict[str, Any] = {
    "types": list(CONTENT_TYPES),
    "file_bytes": 20 * MIB,
    "ticket_files": 100,
    "ticket_bytes": 200 * MIB,
    "shard_bytes": 4_096 * MIB,
    "person_uploads": 10,
    "upload_hours": 24,
    "download_seconds": 300,
}
TICKET_FILES_MOST = 1_000
BYTES_MOST = 1 << 40


class AttachmentSettings:
    """The compiled section: sizes in bytes, times in ns. `shard_bytes` is what one shard keeps for the organisation."""

    __slots__ = (
        "download_ns",
        "file_bytes",
        "person_uploads",
        "shard_bytes",
        "ticket_bytes",
        "ticket_files",
        "types",
        "upload_ns",
    )

    def __init__(self, types: tuple[str, ...], limits: dict[str, int]) -> None:
        self.types = types
        self.file_bytes = limits["file_bytes"]
        self.ticket_files = limits["ticket_files"]
        self.ticket_bytes = limits["ticket_bytes"]
        self.shard_bytes = limits["shard_bytes"]
        self.person_uploads = limits["person_uploads"]
        self.upload_ns = limits["upload_hours"] * 3_600 * NS
        self.download_ns = limits["download_seconds"] * NS

    def check_room(self, size: int, ticket: tuple[int, int], shard_bytes: int) -> None:
        """Whether a file of `size` bytes fits beside what the ticket (files, bytes) and the shard hold.

        Uploads under way count. Raises TooLarge, naming the quota.
        """
        files, octets = ticket
        if files >= self.ticket_files:
            raise TooLarge("ticket_files", self.ticket_files, files + 1)
        if octets + size > self.ticket_bytes:
            raise TooLarge("ticket_bytes", self.ticket_bytes, octets + size)
        if shard_bytes + size > self.shard_bytes:
            raise TooLarge("shard_bytes", self.shard_bytes, shard_bytes + size)


def compile_attachments(document: Any, _rules: Any) -> AttachmentSettings:
    """The settings that a section's document (a `DocumentReader`) says; an empty list of types forbids attachments.

    Raises Invalid, TooLarge.
    """
    document.only(*DEFAULT_ATTACHMENTS)
    known = tuple(CONTENT_TYPES)
    listed = document.member_or("types", DEFAULT_ATTACHMENTS["types"]).items(len(known))
    types = tuple([item.word(known) for item in listed])
    if len(set(types)) != len(types):
        raise document.member("types").refuse("has one twice")
    ranges = {
        "file_bytes": (1, FILE_BYTES_MOST),
        "ticket_files": (1, TICKET_FILES_MOST),
        "ticket_bytes": (1, BYTES_MOST),
        "shard_bytes": (1, BYTES_MOST),
        "person_uploads": (1, 100),
        "upload_hours": (1, 168),
        "download_seconds": (10, 3_600),
    }
    limits = {
        name: document.member_or(name, DEFAULT_ATTACHMENTS[name]).whole(least, most)
        for name, (least, most) in ranges.items()
    }
    return AttachmentSettings(types, limits)
