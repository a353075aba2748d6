"""First bytes against the declared type: files of each type pass as theirs, nothing that runs passes as anything."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.attachments.content_types import CONTENT_TYPES, check_content, check_declared, family_of
from vex_domain.refusals import Invalid

OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"


def zipped(**entries: bytes) -> bytes:
    """A zip archive with these entries; `__` in a name stands for what no identifier has."""
    names = {"content_types": "[Content_Types].xml", "manifest": "META-INF/MANIFEST.MF"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(names.get(name, name), content)
    return buffer.getvalue()


SAMPLES = {
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/gif": b"GIF89a\x01\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/tiff": b"II*\x00\x08\x00",
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00",
    "image/avif": b"\x00\x00\x00\x18ftypavif\x00\x00",
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3",
    "text/plain": "Grüße, 世界\n".encode(),
    "text/csv": b"id,subject\n1,Printer\n",
    "application/json": b'{"a": 1}',
    "message/rfc822": b"From: a@b.example\nSubject: x\n\nHello",
    "application/zip": zipped(readme=b"x"),
    "application/gzip": b"\x1f\x8b\x08\x00",
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "application/msword": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00",
    OFFICE: zipped(content_types=b"<Types/>"),
    OPEN_TEXT: zipped(mimetype=OPEN_TEXT.encode()),
    "audio/mpeg": b"ID3\x04\x00",
    "audio/ogg": b"OggS\x00\x02",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "video/mp4": b"\x00\x00\x00\x20ftypisom",
    "video/quicktime": b"\x00\x00\x00\x14ftypqt  ",
    "video/webm": b"\x1a\x45\xdf\xa3\x01\x00",
}
RUNS = {
    "windows program": b"MZ\x90\x00\x03",
    "linux program": b"\x7fELF\x02\x01\x01",
    "mac program": b"\xcf\xfa\xed\xfe\x07",
    "wasm": b"\x00asm\x01\x00\x00\x00",
    "java class": b"\xca\xfe\xba\xbe\x00\x00",
    "java archive": zipped(manifest=b"Main-Class: X"),
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "page after a comment": b"<!-- harmless --> \n<html>",
    "page after a byte order mark": b"\xef\xbb\xbf\n <ScRiPt>",
    "page in UTF-16": "\ufeff<html>".encode("utf-16-le"),
    "vector image": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">',
    "declared XML": b'<?xml version="1.0"?><svg/>',
    "php": b"<?php system($_GET[0]);",
}


@pytest.mark.parametrize("content_type", list(SAMPLES))
def test_a_file_of_a_type_passes_as_this_type(content_type: str) -> None:
    check_content(content_type, SAMPLES[content_type])


@pytest.mark.parametrize("what", list(RUNS))
def test_nothing_that_runs_passes_as_anything(what: str) -> None:
    for content_type in CONTENT_TYPES:
        with pytest.raises(Invalid):
            check_content(content_type, RUNS[what])


def test_one_type_does_not_pass_as_another() -> None:
    alike = {"text/plain", "text/csv", "message/rfc822", "application/json"}
    for declared in CONTENT_TYPES:
        for content_type, sample in SAMPLES.items():
            families = CONTENT_TYPES[declared].families
            if family_of(sample) not in families:
                with pytest.raises(Invalid):
                    check_content(declared, sample)
            elif declared != content_type:
                assert {declared, content_type} <= alike or declared == "application/zip" or len(families) == 1


def test_text_that_is_no_json_is_refused_as_json() -> None:
    with pytest.raises(Invalid):
        check_content("application/json", b"hello")


def test_binary_is_no_text() -> None:
    with pytest.raises(Invalid):
        check_content("text/plain", b"abc\x00def")


@given(st.binary(max_size=64))
def test_any_bytes_have_one_family(first: bytes) -> None:
    family = family_of(first)
    for content_type, known in CONTENT_TYPES.items():
        if family not in known.families:
            with pytest.raises(Invalid):
                check_content(content_type, first)


@pytest.mark.parametrize(
    ("name", "content_type", "allowed"),
    [
        ("a.pdf", "application/pdf", ("image/png",)),
        ("a.html", "text/html", tuple(CONTENT_TYPES)),
        ("a.svg", "image/svg+xml", tuple(CONTENT_TYPES)),
        ("invoice.pdf.exe", "application/pdf", tuple(CONTENT_TYPES)),
        ("a.PNG ", "application/pdf", tuple(CONTENT_TYPES)),
        ("a.png", "IMAGE/PNG", tuple(CONTENT_TYPES)),
    ],
)
def test_a_type_outside_the_list_or_a_name_of_another_type_is_refused(
    name: str, content_type: str, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid):
        check_declared(name, content_type, allowed)


def test_an_extension_counts_in_any_case() -> None:
    check_declared("SCAN.PDF", "application/pdf", tuple(CONTENT_TYPES))
