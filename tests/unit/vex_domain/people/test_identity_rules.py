"""Identities of people, at random: no orphan, one owner each, the same person by all of them."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vex_domain.people import identity_rules
from vex_domain.people.identity_rules import IDENTITIES_MOST, check_scopes, linked, recovered, unlinked
from vex_domain.refusals import Invalid, LastIdentity, NotFound, QuotaExceeded, Taken

KEYS = st.integers(0, 11).map(lambda number: bytes([number]))
WHO = st.integers(0, 3)


def identity(key: bytes) -> dict[str, object]:
    return {"identity": key, "label": "key", "linked_at": 0}


class Identities(RuleBasedStateMachine):
    """Four people and twelve principals; each person begins with one. API keys are principals from 8 on."""

    def __init__(self) -> None:
        super().__init__()
        self.of = {who: [identity(bytes([who]))] for who in range(4)}
        self.owner = {bytes([who]): who for who in range(4)}

    def write(self, who: int, after: identity_rules.Identities) -> None:
        for known in self.of[who]:
            del self.owner[known["identity"]]
        for known in after:
            assert known["identity"] not in self.owner, "taken from its owner"
            self.owner[known["identity"]] = who
        self.of[who] = after

    def signing(self, who: int) -> set[bytes]:
        return {known["identity"] for known in self.of[who] if known["identity"][0] < 8}

    @rule(who=WHO, key=KEYS)
    def link(self, who: int, key: bytes) -> None:
        before = list(self.of[who])
        try:
            self.write(who, linked(before, identity(key), self.owner.get(key)))
        except Taken:
            assert key in self.owner
        except QuotaExceeded:
            assert len(before) == IDENTITIES_MOST

    @rule(who=WHO, key=KEYS)
    def unlink(self, who: int, key: bytes) -> None:
        try:
            self.write(who, unlinked(self.of[who], key, self.signing(who)))
        except NotFound:
            assert self.owner.get(key) != who
        except LastIdentity:
            assert self.signing(who) <= {key}

    @rule(who=WHO, new=st.integers(0, 7).map(lambda number: bytes([number])))
    def recover(self, who: int, new: bytes) -> None:
        try:
            self.write(who, recovered(identity(new), self.owner.get(new)))
        except Taken:
            assert new in self.owner
        else:
            assert [known["identity"] for known in self.of[who]] == [new]

    @invariant()
    def everybody_can_sign(self) -> None:
        assert all(self.signing(who) for who in self.of)

    @invariant()
    def an_identity_has_one_owner_who_knows_it(self) -> None:
        every = [known["identity"] for known_ones in self.of.values() for known in known_ones]
        assert len(every) == len(set(every)) == len(self.owner)
        assert all(len(known) <= IDENTITIES_MOST for known in self.of.values())


Identities.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestIdentities = Identities.TestCase


@pytest.mark.parametrize("scopes", [[], ["a", "a"], ["c"], ["a", "c"]])
def test_an_api_key_gets_named_permissions_that_its_account_has(scopes: list[str]) -> None:
    check_scopes(["a", "b"], ["a", "b"])
    with pytest.raises(Invalid):
        check_scopes(scopes, ["a", "b"])
