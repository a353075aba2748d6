"""Policies of joining, mail domains, and what members do: what is accepted, what is refused."""

import pytest

from vex_domain.people.joining_rules import DOMAIN, INVITATION, OPEN, check_email, check_policy, way_in
from vex_domain.people.work_rules import OUT_MOST, check_out_until, check_work
from vex_domain.refusals import Invalid, TooLarge

BAD_DOMAINS = [
    ["acme"],
    ["Acme.example"],
    ["acme..example"],
    [".example"],
    ["acme.example."],
    ["-acme.example"],
    ["acme-.example"],
    ["acm\u0435.example"],
    ["acme.example", "acme.example"],
    ["a b.example"],
    ["@acme.example"],
    [""],
    ["*.acme.example"],
    ["acme.example\x00"],
    [],
]


@pytest.mark.parametrize("domains", BAD_DOMAINS)
def test_what_is_no_mail_domain_is_refused(domains: list[str]) -> None:
    with pytest.raises(Invalid):
        check_policy(DOMAIN, domains)


def test_domains_are_few_and_short() -> None:
    check_policy(DOMAIN, ["acme.example", "x-y.acme.example"])
    with pytest.raises(TooLarge):
        check_policy(INVITATION, ["d" * 60 + ".example"])
    with pytest.raises(TooLarge):
        check_policy(INVITATION, [f"d{number}.example" for number in range(9)])
    with pytest.raises(Invalid):
        check_policy("secret", [])


@pytest.mark.parametrize(
    ("joining", "email", "way"),
    [
        (OPEN, None, OPEN),
        (INVITATION, "a@acme.example", None),
        (DOMAIN, "a@acme.example", DOMAIN),
        (DOMAIN, "a@ACME.Example", DOMAIN),
        (DOMAIN, "a@evil.example", None),
        (DOMAIN, "a@acme.example.evil.example", None),
        (DOMAIN, "a@sub.acme.example", None),
        (DOMAIN, "acme.example", None),
        (DOMAIN, "a@acme.example@evil.example", None),
        (DOMAIN, "a@acm\u0435.example", None),
        (DOMAIN, None, None),
    ],
)
def test_who_may_come_uninvited(joining: str, email: str | None, way: str | None) -> None:
    assert way_in(joining, ["acme.example"], email) == way


@pytest.mark.parametrize("email", ["a", "@b", "a@", "a b@c", " ", "a\x00@b"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        check_email(email)


@pytest.mark.parametrize("skill", ["", "Printer", "a b", "\u0430", "a.b", "a\n"])
def test_skills_are_words(skill: str) -> None:
    check_work(["printers", "level-2", "vpn_x"], 0, "berlin")
    with pytest.raises(Invalid):
        check_work([skill], 1, None)
    with pytest.raises(Invalid):
        check_work([], 1, skill)


def test_work_is_bounded() -> None:
    with pytest.raises(TooLarge):
        check_work([f"s{number}" for number in range(17)], 1, None)
    with pytest.raises(TooLarge):
        check_work(["s" * 33], 1, None)
    with pytest.raises(TooLarge):
        check_work([], 10_001, None)
    with pytest.raises(Invalid):
        check_work(["a", "a"], 1, None)


@pytest.mark.parametrize("until", [1, 100, 100 + OUT_MOST + 1])
def test_nobody_is_away_in_the_past_or_for_ever(until: int) -> None:
    check_out_until(0, 100)
    check_out_until(101, 100)
    with pytest.raises(Invalid):
        check_out_until(until, 100)
