"""Organisations' configurations in stable memory: a record, and the documents of its sections in pages."""

from typing import Any

from vex_domain.configuration.documents import read_document, written
from vex_domain.text_rules import pages_of

PAGE_BYTES = 1_000
CONFIGURATION_BYTES = 262_144


def page_key(organisation: int, section: int, page: int) -> int:
    """The key of a page of a document; sections are numbered in the order in which they were first set."""
    return organisation << 24 | section << 8 | page


def configuration_of(env: Any, organisation: int) -> dict[str, Any]:
    """The stored record; version 0 before anything was set."""
    record: dict[str, Any] | None = env.stores.configurations.get(organisation)
    if record is None:
        return {"version": 0, "changed_at": 0, "changed_by": 0, "sections": []}
    return record


def document_bytes(env: Any, organisation: int, number: int, size: int) -> bytes:
    """A section's document as it was written."""
    pages = range(-(-size // PAGE_BYTES))
    return b"".join([env.stores.documents.get(page_key(organisation, number, page)) for page in pages])


def section_texts(env: Any, organisation: int) -> dict[str, str]:
    """The documents that were set, by section."""
    sections = configuration_of(env, organisation)["sections"]
    return {
        section["name"]: document_bytes(env, organisation, number, section["size"]).decode()
        for number, section in enumerate(sections)
    }


def documents_of(env: Any, organisation: int) -> dict[str, dict[str, Any]]:
    """As `section_texts`, read."""
    return {name: read_document(name, text) for name, text in section_texts(env, organisation).items()}


def write_section(env: Any, organisation: int, name: str, document: dict[str, Any], person: int) -> int:
    """Write a document that was checked; the configuration's new version."""
    record = configuration_of(env, organisation)
    sections = record["sections"]
    number = next((at for at, section in enumerate(sections) if section["name"] == name), len(sections))
    if number == len(sections):
        sections.append({"name": name, "size": 0})
    content = written(name, document)
    former = sections[number]["size"]
    pages = pages_of(content, PAGE_BYTES)
    for page, piece in enumerate(pages):
        env.stores.documents.insert(page_key(organisation, number, page), piece)
    for page in range(len(pages), -(-former // PAGE_BYTES)):
        env.stores.documents.remove(page_key(organisation, number, page))
    sections[number]["size"] = len(content)
    record["version"] += 1
    record["changed_at"] = env.now()
    record["changed_by"] = person
    env.stores.configurations.insert(organisation, record)
    version: int = record["version"]
    return version
