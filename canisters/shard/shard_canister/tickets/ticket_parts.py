"""What belongs to a ticket beyond its header, each part read when it is asked for and written when it has changed."""

from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from vex_domain.fields.field_changes import packed, unpacked
from vex_domain.fields.field_values import Value
from vex_domain.id_ranges import sequence_key
from vex_domain.relations.relation_rules import Relation

RELATIONS_A_PAGE = 24
FOLLOWERS_MOST = 50


def _insert_pages(store: Any, ticket_id: int, pages: list[Any], former: int) -> None:
    for number, page in enumerate(pages):
        store.insert(sequence_key(ticket_id, number), page)
    for number in range(len(pages), former):
        store.remove(sequence_key(ticket_id, number))


class FieldValues:
    """The values of an organisation's own fields, by field; `former` are those before the change."""

    def __init__(self, values: dict[str, Value] | None = None, pages: int = 0) -> None:
        self.values = {} if values is None else values
        self.former = self.values
        self._pages = pages

    @classmethod
    def load(cls, env: Any, ticket_id: int) -> "FieldValues":
        """From stable pages; a page that is not full is the last one."""
        pages: list[bytes] = []
        while not pages or len(pages[-1]) == PAGE_BYTES:
            page = env.stores.fields.get(sequence_key(ticket_id, len(pages)))
            if page is None:
                break
            pages.append(page)
        return cls(unpacked(b"".join(pages)) if pages else {}, len(pages))

    def store(self, env: Any, ticket_id: int) -> None:
        """Into stable pages."""
        content = packed(self.values) if self.values else b""
        pages = [content[start : start + PAGE_BYTES] for start in range(0, len(content), PAGE_BYTES)]
        _insert_pages(env.stores.fields, ticket_id, pages, self._pages)
        self._pages = len(pages)


class Relations:
    """Links, parent, children and merges."""

    def __init__(self, relations: list[Relation] | None = None, pages: int = 0) -> None:
        self.all = [] if relations is None else relations
        self._pages = pages

    @classmethod
    def load(cls, env: Any, ticket_id: int) -> "Relations":
        """From stable pages; a page that is not full is the last one."""
        relations: list[Relation] = []
        pages = 0
        while len(relations) == pages * RELATIONS_A_PAGE:
            page = env.stores.links.get(sequence_key(ticket_id, pages))
            if page is None:
                break
            relations += page["relations"]
            pages += 1
        return cls(relations, pages)

    def store(self, env: Any, ticket_id: int) -> None:
        """Into stable pages."""
        count = len(self.all)
        starts = range(0, count, RELATIONS_A_PAGE)
        pages = [{"relations": self.all[start : start + RELATIONS_A_PAGE]} for start in starts]
        _insert_pages(env.stores.links, ticket_id, pages, self._pages)
        self._pages = len(pages)


class Extension:
    """Followers, the ticket that this one was merged into, and counts."""

    def __init__(self, record: dict[str, Any] | None = None) -> None:
        nothing = {"followers": [], "revisions": 0, "body_redacted": False, "merged_into": None}
        self.record: dict[str, Any] = nothing if record is None else record

    @classmethod
    def load(cls, env: Any, ticket_id: int) -> "Extension":
        """From stable memory, or with nothing in it."""
        return cls(env.stores.extensions.get(ticket_id))

    def store(self, env: Any, ticket_id: int) -> None:
        """Into stable memory."""
        env.stores.extensions.insert(ticket_id, self.record)


def field_values(env: Any, work: Any) -> FieldValues:
    """The part `fields` of a ticket under change."""
    part: FieldValues = work.part(env, "fields", FieldValues)
    return part


def relations(env: Any, work: Any) -> Relations:
    """The part `relations`."""
    part: Relations = work.part(env, "relations", Relations)
    return part


def extension(env: Any, work: Any) -> Extension:
    """The part `extension`."""
    part: Extension = work.part(env, "extension", Extension)
    return part
