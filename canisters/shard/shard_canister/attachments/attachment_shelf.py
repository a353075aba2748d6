"""A ticket's attachments in stable memory: its shelf, and the files on it."""

from typing import Any

from vex_domain.access import Access
from vex_domain.id_ranges import sequence_key
from vex_domain.permissions import NOTE_READ
from vex_domain.refusals import NotFound

EMPTY_SHELF = {"files": 0, "bytes": 0, "pending": 0}


def shelf_of(env: Any, ticket: int) -> dict[str, int]:
    """What a ticket holds: files ever numbered, bytes, uploads under way."""
    slot = env.stores.attachments.get(sequence_key(ticket, 0))
    return dict(EMPTY_SHELF) if slot is None else slot["Shelf"]


def put_shelf(env: Any, ticket: int, shelf: dict[str, int]) -> None:
    """Write what a ticket holds."""
    env.stores.attachments.insert(sequence_key(ticket, 0), {"Shelf": shelf})


def file_of(env: Any, ticket: int, number: int) -> dict[str, Any]:
    """An attachment by its number, from 1. Raises NotFound."""
    slot = env.stores.attachments.get(sequence_key(ticket, number)) if 0 < number < 1 << 16 else None
    if slot is None:
        raise NotFound("attachment")
    file: dict[str, Any] = slot["File"]
    return file


def put_file(env: Any, ticket: int, number: int, file: dict[str, Any]) -> None:
    """Write an attachment."""
    env.stores.attachments.insert(sequence_key(ticket, number), {"File": file})


def visible_file(env: Any, access: Access, ticket: int, number: int) -> dict[str, Any]:
    """An attachment of a ticket that the person sees; internal ones only with `note.read`. Raises NotFound."""
    file = file_of(env, ticket, number)
    if file["internal"] and not access.may(NOTE_READ):
        raise NotFound("attachment")
    return file


def visible_content(env: Any, access: Access, ticket: int, number: int) -> dict[str, Any]:
    """As `visible_file`, when its content is still there. Raises NotFound."""
    file = visible_file(env, access, ticket, number)
    if file["erased"]:
        raise NotFound("attachment")
    return file
