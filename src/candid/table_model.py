"""Type tables: the form in which the codec and the subtype check see types.

A reference is an int: a primitive's code (negative) or an index into `entries`. An entry is a tuple whose first
member is its code: `(OPT, ref)`, `(VEC, ref)`, `(RECORD, ids, refs)`, `(VARIANT, ids, refs)`,
`(FUNC, args, results, modes)`, `(SERVICE, names, refs)` or `(FUTURE,)`.
"""

from typing import Any

FUTURE = -25

Entry = tuple[Any, ...]


class Table:
    """Types that refer to each other, and `roots`: the argument types.

    `labels[i]` are the labels of record or variant `i` in the order of its ids, and `order[i]` the same in the order
    of the source; `names[i]` is the definition that entry `i` came from. Tables from the wire have none of the three.
    """

    __slots__ = ("entries", "labels", "names", "order", "roots")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.labels: list[tuple[str | int, ...]] = []
        self.order: list[tuple[str | int, ...]] = []
        self.names: list[str | None] = []
        self.roots: tuple[int, ...] = ()

    def kind(self, ref: int) -> int:
        """The code of the type that `ref` refers to."""
        return ref if ref < 0 else self.entries[ref][0]
