"""Organisations' configurations at a shard: kept in stable pages, compiled on the heap when first needed."""

import json
from hashlib import sha256
from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from vex_domain.configuration.documents import read_document
from vex_domain.configuration.sections import DEFAULT_RULES, SECTIONS, OrganisationRules, compile_rules
from vex_domain.text_rules import pages_of

COMPILED_MOST = 256


class ShardConfigurations:
    """What the index pushed, by organisation; at most 256 are compiled at a time."""

    def __init__(self, records: Any, pages: Any) -> None:
        self._records = records
        self._pages = pages
        self._compiled: dict[int, OrganisationRules] = {}

    def version_of(self, organisation: int) -> int:
        """The version that is kept; 0 for none."""
        record = self._records.get(organisation)
        return 0 if record is None else int(record["version"])

    def rules_of(self, organisation: int) -> OrganisationRules:
        """The compiled rules; the defaults where nothing was set."""
        rules = self._compiled.get(organisation)
        if rules is None:
            record = self._records.get(organisation)
            rules = DEFAULT_RULES
            if record is not None:
                rules = compile_rules(record["version"], self._documents(organisation, record["size"]))
            self._keep(organisation, rules)
        return rules

    def replace(self, organisation: int, version: int, texts: dict[str, str]) -> bytes:
        """Keep a pushed configuration; the SHA-256 of what is kept. Raises Invalid, TooLarge."""
        documents = {name: read_document(name, text) for name, text in texts.items() if name in SECTIONS}
        rules = compile_rules(version, documents)
        # Sections that this build does not know are kept too: an upgrade of the shard may bring what reads them.
        content = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
        former = self._records.get(organisation)
        pages = pages_of(content, PAGE_BYTES)
        for number, page in enumerate(pages):
            self._pages.insert(organisation << 32 | number, page)
        for number in range(len(pages), 0 if former is None else -(-former["size"] // PAGE_BYTES)):
            self._pages.remove(organisation << 32 | number)
        digest = sha256(content).digest()
        self._records.insert(organisation, {"version": version, "size": len(content), "hash": digest})
        self._keep(organisation, rules)
        return digest

    def _documents(self, organisation: int, size: int) -> dict[str, dict[str, Any]]:
        pages = range(-(-size // PAGE_BYTES))
        content = b"".join([self._pages.get(organisation << 32 | number) for number in pages])
        texts = json.loads(content)
        return {name: read_document(name, text) for name, text in texts.items() if name in SECTIONS}

    def _keep(self, organisation: int, rules: OrganisationRules) -> None:
        self._compiled.pop(organisation, None)
        if len(self._compiled) >= COMPILED_MOST:
            del self._compiled[next(iter(self._compiled))]
        self._compiled[organisation] = rules
