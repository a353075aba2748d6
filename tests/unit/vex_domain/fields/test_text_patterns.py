"""Patterns: they match what `re` matches, in one pass, and those that could backtrack without bound are refused."""

import re
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.fields.text_patterns import compile_pattern
from vex_domain.refusals import PatternRefused

GOOD = [
    r"[A-Z]{2}-\d{4}",
    r"\d+(\.\d{1,2})?",
    r"(\w+\s)*\w+",
    r"^(red|green|blue)$",
    r"[^@ ]+@[^@ ]+\.[a-z]{2,6}",
    r"([0-9a-f]{2}:){5}[0-9a-f]{2}",
    r"\(\d{3}\) \d{3}-\d{4}",
    r"(ab|a)c?",
    r"[a\-z]{0,3}",
    r"(?:x|yz){2,3}",
    r".*",
    r"a{3,}",
    r"\$\d+",
]
EVIL = [
    r"(a+)+",
    r"(a*)*",
    r"(a|a)*",
    r"(a|b|ab)*",
    r"(a?b?)*",
    r"(\w+\s?)*",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(.*)*x",
    r"(a{0,3})*",
    r"((a|b)*c?)*",
    r"([a-zA-Z0-9]+)*@",
]
WRONG = {
    "(": "without its )",
    ")": "without its (",
    "[": "ends too early",
    "[]": "empty class",
    "[z-a]": "backwards",
    "[\\d-z]": "between classes",
    "*a": "repeats nothing",
    "a**": "repeats a repetition",
    "a+?": "repeats a repetition",
    "a{2": "not {m}",
    "a{3,2}": "less than m",
    "a{999}": "not {m}",
    r"(a)\1": "backreference",
    "(?=a)": "group (?...)",
    "(?P<n>a)": "group (?...)",
    "a^b": "no meaning",
    "\\q": "unknown escape",
    "": "has not 1-200",
    "a" * 201: "has not 1-200",
    "a{100}b{100}": "places for letters",
    "(" * 13 + "a" + ")" * 13: "deep",
}


@pytest.mark.parametrize("pattern", GOOD)
@given(text=st.text(alphabet="abcxyzAZ019@.-: ()$redgnblu_", max_size=24))
def test_a_pattern_matches_what_re_matches(pattern: str, text: str) -> None:
    assert compile_pattern("f", pattern).matches(text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize("pattern", GOOD)
@given(random=st.data())
def test_a_pattern_matches_what_is_made_from_it(pattern: str, random: st.DataObject) -> None:
    text = random.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    assert compile_pattern("f", pattern).matches(text) or "\n" in text


@st.composite
def patterns(draw: st.DrawFn, depth: int = 3) -> str:
    kind = draw(st.sampled_from(["letter", "letter", "class", "cat", "alt", "rep"] if depth else ["letter"]))
    if kind == "letter":
        return draw(st.sampled_from(["a", "b", "."]))
    if kind == "class":
        return draw(st.sampled_from(["[ab]", "[^a]", "\\w", "\\d"]))
    inner = draw(patterns(depth=depth - 1))
    if kind == "rep":
        return f"(?:{inner}){draw(st.sampled_from(['*', '+', '?', '{2}', '{1,3}', '{2,}']))}"
    other = draw(patterns(depth=depth - 1))
    return f"(?:{inner}|{other})" if kind == "alt" else inner + other


@given(patterns(), st.text(alphabet="ab1", max_size=8))
def test_any_pattern_is_refused_or_matches_what_re_matches(pattern: str, text: str) -> None:
    try:
        compiled = compile_pattern("f", pattern)
    except PatternRefused:
        return
    assert compiled.matches(text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_that_backtracks_without_bound_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused, match="doubles"):
        compile_pattern("serial", pattern)


@pytest.mark.parametrize(("pattern", "reason"), WRONG.items())
def test_what_is_wrong_in_a_pattern_is_named(pattern: str, reason: str) -> None:
    with pytest.raises(PatternRefused, match=r"^serial ") as refused:
        compile_pattern("serial", pattern)
    assert reason in str(refused.value)


def lines_run(pattern: str, text: str) -> int:
    """How many lines of Python a match takes, tables filled by a first match of another text."""
    compiled = compile_pattern("f", pattern)
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        compiled.matches(text)
    finally:
        sys.settrace(former)
    return count


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[^b]*a[^b]{12}", "ac"),
        (r"(\w+\s)*\w+", "ab "),
        (r"a*a*a*a*b", "a"),
        (r".*a.*a.*a.*b", "aa"),
    ],
)
def test_the_cost_of_a_match_grows_with_the_text_and_no_faster(pattern: str, text: str) -> None:
    short, long = lines_run(pattern, text * 400), lines_run(pattern, text * 1_600)
    assert long <= 4.4 * short


@given(st.text(alphabet="ab", max_size=400))
def test_a_table_that_was_forgotten_matches_the_same(text: str) -> None:
    # (a|b)*a(a|b){9}: a thousand sets of positions, of which 256 are kept.
    pattern = "[ab]*a[ab]{9}"
    assert compile_pattern("f", pattern).matches(text) == (re.fullmatch(pattern, text) is not None)
