"""The subtype relation (Candid specification, "Upgrading and Subtyping")."""

from collections.abc import Mapping

from candid.table import FUTURE, Entry, Table, build
from candid.types import Type
from candid.wire import EMPTY, FUNC, INT, NAT, NULL, OPT, PRINCIPAL, RECORD, RESERVED, SERVICE, VARIANT, VEC


def subtype(env1: Mapping[str, Type], type1: Type, env2: Mapping[str, Type], type2: Type) -> bool:
    """Whether a value of `type1` can be used where `type2` is expected.

    A service may be upgraded to another whose type is a subtype of its own. Raises CandidError for undefined names.
    """
    table1, table2 = build([type1], env1), build([type2], env2)
    return Relation(table1, table2).holds(table1.roots[0], table2.roots[0])


class Relation:
    """Which types of one table are subtypes of which of another; answers are kept.

    A pair that is being decided counts as related (the relation is coinductive). What was concluded from an
    assumption that then failed is forgotten; what failed has failed for good.
    """

    def __init__(self, sub: Table, sup: Table) -> None:
        self.sub = sub
        self.sup = sup
        self._mirror: Relation | None = None
        self._assumed: dict[tuple[int, int], None] = {}
        self._refuted: set[tuple[int, int]] = set()

    @property
    def mirror(self) -> "Relation":
        """The relation the other way round, for arguments of functions."""
        if self._mirror is None:
            self._mirror = Relation(self.sup, self.sub)
            self._mirror._mirror = self  # noqa: SLF001 # one of this class
        return self._mirror

    def holds(self, ref1: int, ref2: int) -> bool:
        """Whether type `ref1` of the first table is a subtype of `ref2` of the second."""
        if ref1 < 0 and ref2 < 0:
            return ref1 in (ref2, EMPTY) or ref2 == RESERVED or (ref1 == NAT and ref2 == INT)
        if ref1 == EMPTY or ref2 == RESERVED:
            return True
        pair = ref1, ref2
        if pair in self._refuted:
            return False
        if pair in self._assumed:
            return True
        mark, other_mark = len(self._assumed), len(self.mirror._assumed)  # noqa: SLF001 # one of this class
        self._assumed[pair] = None
        if self._decide(ref1, ref2):
            return True
        self._retract(mark)
        self.mirror._retract(other_mark)  # noqa: SLF001 # one of this class
        self._refuted.add(pair)
        return False

    def _retract(self, mark: int) -> None:
        while len(self._assumed) > mark:
            self._assumed.popitem()

    def _decide(self, ref1: int, ref2: int) -> bool:
        kind1, kind2 = self.sub.kind(ref1), self.sup.kind(ref2)
        if kind2 == OPT:
            return True
        if kind2 == PRINCIPAL:
            return kind1 == SERVICE
        if kind1 != kind2 or kind1 == FUTURE:
            return False
        return self._compare(kind1, self.sub.entries[ref1], self.sup.entries[ref2])

    def _compare(self, kind: int, entry1: Entry, entry2: Entry) -> bool:
        if kind == VEC:
            return self.holds(entry1[1], entry2[1])
        if kind == RECORD:
            return self._records(entry1, entry2)
        if kind == VARIANT:
            return self._variants(entry1, entry2)
        if kind == FUNC:
            return self._funcs(entry1, entry2)
        return self._services(entry1, entry2)

    def _records(self, entry1: Entry, entry2: Entry) -> bool:
        fields = dict(zip(entry1[1], entry1[2], strict=True))
        for id_, ref2 in zip(entry2[1], entry2[2], strict=True):
            ref1 = fields.get(id_)
            if not (accepts_absence(self.sup, ref2) if ref1 is None else self.holds(ref1, ref2)):
                return False
        return True

    def _variants(self, entry1: Entry, entry2: Entry) -> bool:
        cases = dict(zip(entry2[1], entry2[2], strict=True))
        pairs = zip(entry1[1], entry1[2], strict=True)
        return all(id_ in cases and self.holds(ref1, cases[id_]) for id_, ref1 in pairs)

    def _funcs(self, entry1: Entry, entry2: Entry) -> bool:
        if set(entry1[3]) != set(entry2[3]):
            return False
        return self.mirror._tuples(entry2[1], entry1[1]) and self._tuples(entry1[2], entry2[2])  # noqa: SLF001 # one of this class

    def _tuples(self, refs1: tuple[int, ...], refs2: tuple[int, ...]) -> bool:
        shared = min(len(refs1), len(refs2))
        if not all(self.holds(ref1, ref2) for ref1, ref2 in zip(refs1[:shared], refs2[:shared], strict=True)):
            return False
        return all(accepts_absence(self.sup, ref2) for ref2 in refs2[shared:])

    def _services(self, entry1: Entry, entry2: Entry) -> bool:
        methods = dict(zip(entry1[1], entry1[2], strict=True))
        pairs = zip(entry2[1], entry2[2], strict=True)
        return all(name in methods and self.holds(methods[name], ref2) for name, ref2 in pairs)


def accepts_absence(table: Table, ref: int) -> bool:
    """Whether an absent field or argument of this type reads as null: `null`, `reserved` and any `opt`."""
    return ref in (NULL, RESERVED) or table.kind(ref) == OPT
