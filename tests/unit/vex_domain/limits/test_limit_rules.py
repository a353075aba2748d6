"""The section `limits`: what it says, and what is no limit."""

from typing import Any

import pytest

from vex_domain.configuration.reader import DocumentReader
from vex_domain.limits import limit_rules
from vex_domain.refusals import Invalid

FULL = {
    "person": {"updates_per_minute": 60, "bytes_per_minute": 4_000_000},
    "organisation": {"updates_per_minute": 6_000, "bytes_per_minute": 100_000_000},
    "ticket": {"updates_per_minute": 30},
    "quotas": {"tickets": 0, "storage_bytes": 10**9, "people": 5},
}


def compiled(document: Any) -> limit_rules.LimitRules:
    return limit_rules.compile_limits(DocumentReader("limits", document), None)


def test_nothing_is_limited_unless_it_is_named() -> None:
    rules = compiled(limit_rules.NO_LIMITS)
    assert not rules.limited
    assert (rules.tickets, rules.storage_bytes, rules.people) == (None, None, None)
    assert not compiled({"quotas": {"people": 5}}).limited


def test_a_full_section_is_read() -> None:
    rules = compiled(FULL)
    assert {kind: rate.units for kind, rate in rules.rates.items()} == {0: 60, 1: 4_000_000, 2: 6_000, 3: 10**8, 4: 30}
    assert (rules.limited, rules.tickets, rules.storage_bytes, rules.people) == (True, 0, 10**9, 5)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "limits"),
        ({"persons": {}}, "limits"),
        ({"person": 5}, "limits.person"),
        ({"person": {"updates": 5}}, "limits.person"),
        ({"person": {"updates_per_minute": 0}}, "limits.person.updates_per_minute"),
        ({"person": {"updates_per_minute": -1}}, "limits.person.updates_per_minute"),
        ({"person": {"updates_per_minute": "5"}}, "limits.person.updates_per_minute"),
        ({"person": {"updates_per_minute": True}}, "limits.person.updates_per_minute"),
        ({"person": {"bytes_per_minute": 1_000}}, "limits.person.bytes_per_minute"),
        ({"organisation": {"updates_per_minute": 10**9}}, "limits.organisation.updates_per_minute"),
        ({"ticket": {"bytes_per_minute": 10**7}}, "limits.ticket"),
        ({"quotas": {"people": 0}}, "limits.quotas.people"),
        ({"quotas": {"tickets": 10**16}}, "limits.quotas.tickets"),
        ({"quotas": {"storage": 1}}, "limits.quotas"),
    ],
)
def test_what_is_no_limit_is_refused_with_its_place(document: Any, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        compiled(document)
    assert refused.value.detail is not None
    assert refused.value.detail["Invalid"]["field"] == place
