"""The configuration section `attachments`: defaults, limits, refusals that name their place, quotas."""

from typing import Any

import pytest

from vex_domain.attachments.attachment_settings import DEFAULT_ATTACHMENTS, compile_attachments
from vex_domain.attachments.content_types import CONTENT_TYPES
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid, TooLarge


def compiled(**changed: Any) -> Any:
    return compile_attachments(DocumentReader("attachments", {**DEFAULT_ATTACHMENTS, **changed}), None)


def test_an_empty_document_means_the_defaults() -> None:
    settings = compile_attachments(DocumentReader("attachments", {}), None)
    assert settings.types == tuple(CONTENT_TYPES)
    assert settings.file_bytes == DEFAULT_ATTACHMENTS["file_bytes"]
    assert settings.download_ns == 300 * 10**9


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"types": ["text/html"]}, "attachments.types[0]"),
        ({"types": ["image/png", "image/png"]}, "attachments.types"),
        ({"types": "image/png"}, "attachments.types"),
        ({"file_bytes": 0}, "attachments.file_bytes"),
        ({"file_bytes": 1 << 27}, "attachments.file_bytes"),
        ({"file_bytes": True}, "attachments.file_bytes"),
        ({"ticket_files": 1_001}, "attachments.ticket_files"),
        ({"person_uploads": 0}, "attachments.person_uploads"),
        ({"upload_hours": 0}, "attachments.upload_hours"),
        ({"download_seconds": 86_400}, "attachments.download_seconds"),
        ({"colour": "red"}, "attachments"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        compiled(**changed)
    assert refusal.value.detail is not None
    assert refusal.value.detail["Invalid"]["field"] == field


def test_no_types_means_no_attachments() -> None:
    assert compiled(types=[]).types == ()


@pytest.mark.parametrize(
    ("ticket", "shard", "quota"),
    [((2, 0), 0, "ticket_files"), ((1, 95), 0, "ticket_bytes"), ((1, 0), 995, "shard_bytes")],
)
def test_what_does_not_fit_beside_what_is_there_is_refused(ticket: tuple[int, int], shard: int, quota: str) -> None:
    settings = compiled(ticket_files=2, ticket_bytes=100, shard_bytes=1_000)
    settings.check_room(10, (1, 90), 990)
    with pytest.raises(TooLarge) as refusal:
        settings.check_room(10, ticket, shard)
    assert refusal.value.detail is not None
    assert refusal.value.detail["TooLarge"]["field"] == quota
