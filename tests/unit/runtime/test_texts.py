"""Texts are looked through in C as in Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension
from vex_domain.text_rules import control_in

native = native_extension("_texts", "texts.c")
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
PIECES = PLAIN | st.text(max_size=3) | st.sampled_from("\t\n\r\x1f\x7f\x80\x9f\xa0\xffĀ€\U0001f600")


@given(st.lists(PIECES, max_size=6), st.booleans())
def test_control_characters_are_found_wherever_they_stand(pieces: list[str], of_lines: bool) -> None:
    text = "".join(pieces)
    assert native.has_control(text, of_lines) is control_in(text, of_lines)


@pytest.mark.parametrize("character", range(0x120))
@pytest.mark.parametrize("before", [0, 3, 8, 13])
def test_each_character_counts_as_in_python(character: int, before: int) -> None:
    text = "x" * before + chr(character) + "y" * 9
    for of_lines in (False, True):
        assert native.has_control(text, of_lines) is control_in(text, of_lines)


def test_only_texts_are_looked_through() -> None:
    for wrong in ((b"x", False), ("x", 1), ("x",), ()):
        with pytest.raises(TypeError):
            native.has_control(*wrong)
