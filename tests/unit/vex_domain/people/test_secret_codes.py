"""One-time codes: who may use which, when, and which are refused when they are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.people.secret_codes import (
    INVITATION,
    LINK,
    LONGEST_LIFE,
    check_new_code,
    digest_of,
    require_usable,
)
from vex_domain.refusals import CodeExpired, CodeTooEarly, CodeUsed, CodeWrong, Invalid, TooLarge
from vex_domain.time_units import DAY_NS, MINUTE_NS

NOW = 10**18
CODE = {"kind": LINK, "used_by": None, "expires": NOW + 1, "not_before": 0}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": INVITATION}, CodeWrong),
        ({"used_by": 3}, CodeUsed),
        ({"used_by": 3, "expires": NOW}, CodeUsed),
        ({"expires": NOW}, CodeExpired),
        ({"not_before": NOW + 1}, CodeTooEarly),
    ],
)
def test_a_code_that_does_not_count_says_why(changed: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        require_usable(CODE | changed, (LINK,), NOW)


def test_no_code_is_wrong_and_a_good_one_comes_back() -> None:
    with pytest.raises(CodeWrong):
        require_usable(None, (LINK,), NOW)
    assert require_usable(CODE, (LINK,), NOW) is CODE


@given(st.sampled_from(sorted(LONGEST_LIFE)), st.integers(-DAY_NS, 40 * DAY_NS))
def test_a_new_code_ends_within_its_kinds_lifetime(kind: str, life: int) -> None:
    allowed = 0 < life <= LONGEST_LIFE[kind]
    try:
        check_new_code(kind, bytes(32), NOW + life, NOW)
    except Invalid:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("digest", [b"", bytes(31), bytes(33), bytes(64)])
def test_what_is_no_sha256_is_refused(digest: bytes) -> None:
    with pytest.raises(Invalid):
        check_new_code(LINK, digest, NOW + MINUTE_NS, NOW)


def test_codes_are_neither_short_nor_long() -> None:
    assert len(digest_of("c" * 20)) == 32
    with pytest.raises(Invalid):
        digest_of("c" * 19)
    with pytest.raises(TooLarge):
        digest_of("c" * 129)
