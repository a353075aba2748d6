"""What a file's first bytes say it is, compared with what the uploader says (as WHATWG "MIME Sniffing" does).

Own tables: PyPI's `filetype` 1.2.0 breaks two of Kybra's rules (K201, K802), says nothing about HTML, SVG and scripts,
which is what matters here, and would take 2,600 lines into every shard.
"""

from collections.abc import Callable

from vex_domain.attachments.file_names import extension_of
from vex_domain.refusals import Invalid

WINDOW = 4_096
"""How many first bytes are looked at."""

_TEXT_CONTROLS = frozenset([*range(9), 11, *range(14, 27), *range(28, 32), 127])
"""Octets that no text has (WHATWG, "binary data byte"), and DEL."""

_SIGNATURES = (
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpeg", b"\xff\xd8\xff"),
    ("gif", b"GIF87a"),
    ("gif", b"GIF89a"),
    ("tiff", b"II*\x00"),
    ("tiff", b"MM\x00*"),
    ("pdf", b"%PDF-"),
    ("cfb", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("gzip", b"\x1f\x8b\x08"),
    ("7z", b"7z\xbc\xaf\x27\x1c"),
    ("ogg", b"OggS\x00"),
    ("mp3", b"ID3"),
    ("webm", b"\x1a\x45\xdf\xa3"),
    ("program", b"MZ"),
    ("program", b"\x7fELF"),
    ("program", b"\x00asm"),
    ("program", b"\xca\xfe\xba\xbe"),
    ("program", b"\xfe\xed\xfa\xce"),
    ("program", b"\xfe\xed\xfa\xcf"),
    ("program", b"\xce\xfa\xed\xfe"),
    ("program", b"\xcf\xfa\xed\xfe"),
    ("program", b"#!"),
)
_MARKUP = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<iframe",
    b"<style",
    b"<table",
    b"<title",
    b"<font",
    b"<h1",
    b"<div",
    b"<br",
    b"<p>",
    b"<a ",
    b"<img",
    b"<svg",
    b"<?xml",
    b"<?php",
    b"<%",
)
_JSON_BEGINS = (b"{", b"[", b'"', b"-", b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9", b"t", b"f", b"n")
_BRANDS = {b"qt  ": "quicktime", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"avif": "avif"}


def family_of(first: bytes) -> str:
    """What the first bytes are: a family such as "png", "zip", "text", "markup", "program", or "unknown"."""
    for family, signature in _SIGNATURES:
        if first.startswith(signature):
            return family
    if first[:4] == b"PK\x03\x04" or first[:4] == b"PK\x05\x06":
        return _zip_family(first)
    if first[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(first[8:12], "unknown")
    if first[4:8] == b"ftyp":
        return _BRANDS.get(first[8:12], "mp4")
    if first[:1] == b"\xff" and len(first) > 1 and first[1] & 0xE6 == 0xE2:
        return "mp3"
    return _text_family(first)


def _zip_family(first: bytes) -> str:
    if first[30:38] == b"mimetype" and b"application/vnd.oasis.opendocument." in first[38:120]:
        return "opendocument"
    if b"META-INF/MANIFEST.MF" in first or b"AndroidManifest.xml" in first or b"classes.dex" in first:
        return "program"
    if b"[Content_Types].xml" in first or b"_rels/.rels" in first:
        return "officeopen"
    return "zip"


def _text_family(first: bytes) -> str:
    if first[:2] in (b"\xfe\xff", b"\xff\xfe"):
        codec = "utf-16-be" if first[:1] == b"\xfe" else "utf-16-le"
        return _markup_or_text(first[2:].decode(codec, "ignore").encode())
    if any(octet in _TEXT_CONTROLS for octet in first):
        return "unknown"
    return _markup_or_text(first[3:] if first[:3] == b"\xef\xbb\xbf" else first)


def _markup_or_text(text: bytes) -> str:
    begin = text.lstrip(b"\t\n\x0c\r ").lower()
    while begin.startswith(b"<!--"):
        begin = begin.partition(b"-->")[2].lstrip(b"\t\n\x0c\r ")
        if not begin:
            return "markup"
    if begin.startswith(_MARKUP):
        return "markup"
    return "text"


def _is_json(first: bytes) -> bool:
    return first.lstrip(b"\xef\xbb\xbf\t\n\r ").startswith(_JSON_BEGINS)


class ContentType:
    """One media type: the families that its first bytes may be of, its file extensions, a further look."""

    __slots__ = ("extensions", "families", "looks")

    def __init__(
        self, families: tuple[str, ...], extensions: tuple[str, ...], looks: Callable[[bytes], bool] | None = None
    ) -> None:
        self.families = families
        self.extensions = extensions
        self.looks = looks


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
CONTENT_TYPES = {
    "image/png": ContentType(("png",), ("png",)),
    "image/jpeg": ContentType(("jpeg",), ("jpg", "jpeg", "jpe", "jfif")),
    "image/gif": ContentType(("gif",), ("gif",)),
    "image/webp": ContentType(("webp",), ("webp",)),
    "image/tiff": ContentType(("tiff",), ("tif", "tiff")),
    "image/heic": ContentType(("heic",), ("heic", "heif")),
    "image/avif": ContentType(("avif",), ("avif",)),
    "application/pdf": ContentType(("pdf",), ("pdf",)),
    "text/plain": ContentType(("text",), ("txt", "log", "md", "text")),
    "text/csv": ContentType(("text",), ("csv", "tsv")),
    "application/json": ContentType(("text",), ("json",), _is_json),
    "message/rfc822": ContentType(("text",), ("eml",)),
    "application/zip": ContentType(("zip", "officeopen", "opendocument"), ("zip",)),
    "application/gzip": ContentType(("gzip",), ("gz", "tgz")),
    "application/x-7z-compressed": ContentType(("7z",), ("7z",)),
    "application/msword": ContentType(("cfb",), ("doc", "dot")),
    "application/vnd.ms-excel": ContentType(("cfb",), ("xls", "xlt")),
    "application/vnd.ms-powerpoint": ContentType(("cfb",), ("ppt", "pps")),
    "application/vnd.ms-outlook": ContentType(("cfb",), ("msg",)),
    _OFFICE + "wordprocessingml.document": ContentType(("officeopen",), ("docx",)),
    _OFFICE + "spreadsheetml.sheet": ContentType(("officeopen",), ("xlsx",)),
    _OFFICE + "presentationml.presentation": ContentType(("officeopen",), ("pptx",)),
    _OPEN + "text": ContentType(("opendocument",), ("odt",)),
    _OPEN + "spreadsheet": ContentType(("opendocument",), ("ods",)),
    _OPEN + "presentation": ContentType(("opendocument",), ("odp",)),
    "audio/mpeg": ContentType(("mp3",), ("mp3",)),
    "audio/ogg": ContentType(("ogg",), ("ogg", "oga", "opus")),
    "audio/wav": ContentType(("wav",), ("wav",)),
    "video/mp4": ContentType(("mp4",), ("mp4", "m4v")),
    "video/quicktime": ContentType(("quicktime",), ("mov", "qt")),
    "video/webm": ContentType(("webm",), ("webm",)),
}
"""What can be attached at all; an organisation allows some of it. Nothing here runs when it is opened by itself."""


def check_declared(name: str, content_type: str, allowed: tuple[str, ...]) -> None:
    """Raises Invalid for a type that the organisation does not take, or a name whose extension says another one."""
    if content_type not in allowed:
        raise Invalid("content_type", "is not one that the organisation takes")
    if extension_of(name) not in CONTENT_TYPES[content_type].extensions:
        raise Invalid("name", "has an extension that " + content_type + " files do not have")


def check_content(content_type: str, first: bytes) -> None:
    """Compare a file's first bytes (up to `WINDOW` of them) with a type of `CONTENT_TYPES`. Raises Invalid."""
    first = first[:WINDOW]
    known = CONTENT_TYPES[content_type]
    family = family_of(first)
    if family not in known.families or (known.looks is not None and not known.looks(first)):
        raise Invalid("content", "looks like " + family + " and not like " + content_type)
