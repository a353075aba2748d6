"""Names of attached files: what every system can save passes, what could be misread is refused."""

from unicodedata import is_normalized
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.attachments.file_names import NAME_BYTES, NAME_CHARACTERS, header_name, safe_name
from vex_domain.refusals import Invalid, Refusal, TooLarge


@pytest.mark.parametrize(
    "name",
    [
        "report.pdf",
        "Bericht Müller.docx",
        "\u062a\u0642\u0631\u064a\u0631.pdf",
        "請求書.xlsx",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647.txt",
        "a.tar.gz",
        "com10.txt",
        "x.y",
    ],
)
def test_ordinary_names_of_any_script_pass_unchanged(name: str) -> None:
    assert safe_name(name) == name


def test_a_decomposed_name_is_composed() -> None:
    assert safe_name("Mu\u0308ller.pdf") == "Müller.pdf"


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("", Invalid),
        ("noextension", Invalid),
        ("name.", Invalid),
        (".htaccess", Invalid),
        ("..", Invalid),
        (" a.txt", Invalid),
        ("a.txt ", Invalid),
        ("a .txt", Invalid),
        ("a/b.txt", Invalid),
        ("a\\b.txt", Invalid),
        ("C:a.txt", Invalid),
        ("a\u2215b.txt", Invalid),
        ("a\uff0fb.txt", Invalid),
        ("a\x00.txt", Invalid),
        ("a\n.txt", Invalid),
        ("a\x7f.txt", Invalid),
        ("invoice\u202efdp.exe", Invalid),
        ("a\u2066b.txt", Invalid),
        ("a\u200fb.txt", Invalid),
        ("a\ufeff.txt", Invalid),
        ("a\u00a0b.txt", Invalid),
        ("a.\u200d", Invalid),
        ("\ud800.txt", Invalid),
        ("CON.txt", Invalid),
        ("nul.tar.gz", Invalid),
        ("com1.txt", Invalid),
        ("LPT\u00b9.txt", Invalid),
        ("what?.txt", Invalid),
        ('"quoted".txt', Invalid),
        ("a" * NAME_CHARACTERS + ".txt", TooLarge),
        ("\U0001f525" * 60 + ".txt", TooLarge),
    ],
)
def test_names_that_a_system_could_misread_are_refused(name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        safe_name(name)


@given(st.text(max_size=140))
def test_what_passes_is_composed_short_and_passes_again(name: str) -> None:
    try:
        safe = safe_name(name + ".txt")
    except Refusal:
        return
    assert is_normalized("NFC", safe)
    assert len(safe.encode()) <= NAME_BYTES
    assert safe_name(safe) == safe
    assert not set(safe) & set('/\\:\u202e\u2066\n\x00"')


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_a_header_is_printable_ascii_and_gives_the_name_back(name: str) -> None:
    try:
        safe = safe_name(name + ".txt")
    except Refusal:
        return
    header = header_name(safe)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert unquote(header.partition("filename*=UTF-8''")[2]) == safe
