"""Documents of a configuration: what is read, and that nothing else gets through."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.configuration.documents import read_document, written
from vex_domain.configuration.labels import check_label, chosen, is_right_to_left
from vex_domain.configuration.reader import DocumentReader
from vex_domain.configuration.sections import DEFAULT_RULES, SECTIONS, compile_rules
from vex_domain.refusals import Invalid, TooLarge

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
WHOLE = st.integers(-(10**13), 10**13)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_document_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    assert read_document("fields", json.dumps(document)) == document
    assert read_document("fields", written("fields", document).decode()) == document


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"a": 1.5}',
        '{"a": NaN}',
        '{"a": 1e3}',
        '{"a": 1234567890123456}',
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        '{"a": ' + "[" * 16 + "]" * 16 + "}",
        "[" * 60_000,
        '{"a": "\n"}',
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_document("workflow", text)
    assert refused.value.detail is not None
    assert refused.value.detail["Invalid"]["field"] == "workflow"


def test_brackets_in_texts_do_not_nest() -> None:
    assert read_document("fields", json.dumps({"a": '["\\' * 100}))["a"] == '["\\' * 100


def test_a_document_of_more_than_64_kib_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_document("workflow", json.dumps({"a": "x" * 65_536}))
    with pytest.raises(TooLarge):
        read_document("workflow", json.dumps({"a": "\u0628" * 33_000}, ensure_ascii=False))


def test_a_refusal_names_the_place() -> None:
    reader = DocumentReader("workflow", {"states": [{"id": "new"}, {"id": ""}]})
    with pytest.raises(Invalid, match=r"workflow\.states\[1\]\.id is not an identifier"):
        [state.member("id").identifier() for state in reader.member("states").items(5)]


def test_a_label_falls_back_from_the_wish_to_the_general_to_english() -> None:
    label = {"pt": "Aberto", "en": "Open", "de": "Offen"}
    assert chosen(label, ["pt-br", "de"]) == "Aberto"
    assert chosen(label, ["fr", "de"]) == "Offen"
    assert chosen(label, ["fr"]) == "Open"
    assert chosen({"ja": "\u958b"}, ["fr"]) == "\u958b"
    assert chosen("Open", ["fr"]) == "Open"
    assert is_right_to_left("ar-EG")
    assert not is_right_to_left("en")


@pytest.mark.parametrize("label", [{}, {"EN": "x"}, {"english!": "x"}, {"en": ""}, {"en": 5}, "", "x" * 101, 7])
def test_a_bad_label_is_refused(label: Any) -> None:
    with pytest.raises((Invalid, TooLarge)):
        check_label(DocumentReader("fields[0].label", label))


def test_an_organisation_without_configuration_has_every_section() -> None:
    assert DEFAULT_RULES.version == 0
    assert all(getattr(DEFAULT_RULES, name) is not None for name in SECTIONS)


def test_a_section_that_this_build_does_not_know_is_left_out() -> None:
    assert compile_rules(3, {"telepathy": {}}).version == 3


def test_the_language_of_a_person_counts_when_the_organisation_offers_it() -> None:
    offering = compile_rules(1, {"languages": {"default": "de", "offered": ["de", "fr"]}}).languages
    assert offering.for_person("fr-ca") == ["fr-ca", "de"]
    assert offering.for_person("ja") == ["de"]
    assert DEFAULT_RULES.languages.for_person("ja") == ["ja", "en"]
    with pytest.raises(Invalid):
        compile_rules(1, {"languages": {"default": "de", "offered": ["fr"]}})


@pytest.mark.parametrize(
    ("section", "document"),
    [
        ("assignment", {"teams": [{"team": 1}]}),
        ("triggers", {"outbox": ["created"]}),
        ("triggers", {"triggers": [{"id": "t", "on": ["created"], "actions": [{"notify": "leads"}]}]}),
        ("service_levels", {"policies": [{"id": "p", "targets": {"first_reply": {"minutes": 5}}}]}),
        (
            "automations",
            {
                "automations": [
                    {
                        "id": "a",
                        "since": "created",
                        "after_minutes": 60,
                        "conditions": {"all": [{"field": "priority", "is": "low"}]},
                        "actions": [{"notify": "leads"}],
                    }
                ]
            },
        ),
    ],
)
def test_rules_serve_when_any_section_asks_that_something_follows_a_change(
    section: str, document: dict[str, Any]
) -> None:
    assert compile_rules(1, {section: document}).serves
    assert not compile_rules(1, {"survey": {}, "limits": {}}).serves
