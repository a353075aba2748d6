"""JSON bodies: values with their places, and refusals in the words of the genuine server."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.rest.errors import BodyError
from local_replica.rest.fields import Fields
from local_replica.rest.json_reader import Located, read_json

ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def plain(located: Located) -> object:
    content = located.content
    if isinstance(content, dict):
        return {key: plain(value) for key, value in content.items()}
    return [plain(one) for one in content] if isinstance(content, list) else content


@given(ITEMS, st.sampled_from([None, 1]))
def test_it_reads_what_json_writes(item: object, indent: int | None) -> None:
    for ascii_only in (True, False):
        text = json.dumps(item, indent=indent, ensure_ascii=ascii_only)
        assert plain(read_json(text.encode().decode("latin-1"))) == item


@given(st.text(alphabet='{}[]",:01a \\\n', max_size=20))
def test_anything_else_is_refused_and_never_breaks(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(BodyError):
            read_json(text)
    else:
        assert plain(read_json(text)) == expected


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("[1", "EOF while parsing a list at line 1 column 2"),
        ('{"a": tru', "EOF while parsing a value at line 1 column 9"),
        ('{"a": trux', "expected ident at line 1 column 10"),
        ("?", "expected value at line 1 column 1"),
        ("01", "invalid number at line 1 column 2"),
        ("-", "EOF while parsing a value at line 1 column 1"),
        ("-x", "invalid number at line 1 column 2"),
        ("[1.]", "invalid number at line 1 column 4"),
        ("1.", "EOF while parsing a value at line 1 column 2"),
        ("1.2e", "EOF while parsing a value at line 1 column 4"),
        ("[1e+]", "invalid number at line 1 column 5"),
        ('"a', "EOF while parsing a string at line 1 column 2"),
        ('"a\\', "EOF while parsing a string at line 1 column 3"),
        ('"\\u00', "EOF while parsing a string at line 1 column 5"),
        ('"\\u00xy"', "invalid escape at line 1 column 7"),
        ('"\\x"', "invalid escape at line 1 column 3"),
        ('"a\tb"', "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 3"),
        ('["ä", ?]', "expected value at line 1 column 8"),
        ("[" * 128, "recursion limit exceeded at line 1 column 128"),
        ("1 2", "trailing characters at line 1 column 3"),
        ('["\\ud800"]', "lone leading surrogate in hex escape at line 1 column 9"),
        ('{"\\udfff": 1}', "lone leading surrogate in hex escape at line 1 column 9"),
        ("9" * 5000, "number out of range at line 1 column 5000"),
        ("-1e400", "number out of range at line 1 column 6"),
    ],
)
def test_unreadable_bodies_are_400_with_the_place(body: str, text: str) -> None:
    with pytest.raises(BodyError) as refused:
        Fields.of(body.encode())
    assert refused.value.status == 400
    assert refused.value.text == f"Failed to parse the request body as JSON: {text}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{}", "missing field `n` at line 1 column 2"),
        ('{"n": -1}', "n: invalid value: integer `-1`, expected u64 at line 1 column 8"),
        ('{"n": "1"}', 'n: invalid type: string "1", expected u64 at line 1 column 9'),
        (
            '{\n "n": 18446744073709551616}',
            "n: invalid type: floating point `18446744073709552000.0`, expected u64 at line 2 column 26",
        ),
        ('{"n": 1.5}', "n: invalid type: floating point `1.5`, expected u64 at line 1 column 9"),
        ('{"n": null}', "n: invalid type: null, expected u64 at line 1 column 10"),
    ],
)
def test_wrong_fields_are_422_with_their_path(body: str, text: str) -> None:
    with pytest.raises(BodyError) as refused:
        Fields.of(body.encode()).u64("n")
    assert refused.value.status == 422
    assert refused.value.text.startswith(f"Failed to deserialize the JSON body into the target type: {text}")


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ('{"v": "C"}', 422, "v: unknown variant `C`, expected `A` or `B` at line 1 column 9"),
        ('{"v": "B"}', 422, "v: invalid type: unit variant, expected newtype variant at line 1 column 9"),
        ('{"v": {"A": 1}}', 422, "v.A: invalid type: integer `1`, expected unit at line 1 column 13"),
        ('{"v": 7}', 400, "v: expected value at line 1 column 7"),
        ('{"v": null}', 400, "v: expected value at line 1 column 7"),
    ],
)
def test_variants_are_refused_as_their_reader_does(body: str, status: int, text: str) -> None:
    with pytest.raises(BodyError) as refused:
        Fields.of(body.encode()).variant("v", ("A", "B"), ("A",))
    assert refused.value.status == status
    assert refused.value.text.endswith(f": {text}")


def test_variants_carry_what_is_in_them() -> None:
    fields = Fields.of(b'{"a": "A", "b": {"B": 5}, "c": {"A": null}}')
    names = ("A", "B")
    assert fields.variant("a", names, ("A",)) == ("A", None)
    kind, payload = fields.variant("b", names, ("A",))
    assert payload is not None
    assert (kind, payload.u64("B")) == ("B", 5)
    assert fields.variant("c", names, ("A",)) == ("A", None)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(BodyError, match="recursion limit"):
        read_json("[" * 10_000)


def test_texts_are_utf_8() -> None:
    assert Fields.of('{"a": "ä€"}'.encode()).string("a") == "ä€"
    with pytest.raises(BodyError, match="JSON: invalid unicode code point at line 1 column 3"):
        Fields.of(b'"\xff"')


def test_a_hundred_and_twenty_seven_lists_may_nest() -> None:
    assert read_json("[" * 127 + "]" * 127).end == 254
