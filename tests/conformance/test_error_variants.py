"""Each way in which the genuine replica can fail: shown here by a recording or a test, or said why not."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import local_replica
from local_replica.rejections import ERROR_NUMBERS, Rejection
from support import error_page
from support.error_page import TELLING, Variant, every_variant, recorded_in, shown_by, template, templates

VARIANTS = every_variant()
SEEN = [variant for variant in VARIANTS if not variant.reason]
UNSEEN = [variant for variant in VARIANTS if variant.reason]
WITHOUT_TEXT = {"Rejection", "RejectedByCanister", "OutcallRejected", "BadPayload", "InvalidPayload"}
"""Classes that pass on a text of others."""


def told(variant: Variant) -> str:
    return variant.text


@pytest.mark.parametrize("variant", SEEN, ids=told)
def test_an_error_is_shown_by_a_recording_or_a_test(variant: Variant) -> None:
    assert shown_by(variant)


@pytest.mark.parametrize("variant", UNSEEN, ids=told)
def test_what_is_said_not_to_be_seen_is_not_recorded(variant: Variant) -> None:
    assert not recorded_in(variant)


@pytest.mark.parametrize("code", ERROR_NUMBERS)
def test_each_error_code_has_a_variant(code: str) -> None:
    assert ERROR_NUMBERS[code] in {variant.number for variant in VARIANTS}


def test_the_numbers_are_error_codes_or_reject_codes() -> None:
    assert {variant.number for variant in VARIANTS} - set(ERROR_NUMBERS.values()) <= {0, 1, 2}


def rejections() -> Iterator[type[Rejection]]:
    """All reasons that the replica has to reject a message."""
    for module in walk_packages(local_replica.__path__, "local_replica."):
        if not module.name.endswith(("__main__", "pytest_plugin")):
            import_module(module.name)
    classes = [Rejection]
    for one in classes:
        classes += one.__subclasses__()
    yield from (one for one in classes if one.__module__.startswith("local_replica."))


def test_each_rejection_of_ours_is_on_the_page() -> None:
    whole = "\n".join(variant.text for variant in VARIANTS)
    for rejection in rejections():
        if rejection.__name__ in WITHOUT_TEXT:
            continue
        texts = own_texts(rejection)
        pieces = [piece for text in texts for piece in text.split("…") if len(piece) >= TELLING]
        listed = any(piece in whole for piece in pieces)
        assert not texts or listed or any(v.pattern.search(text) for v in VARIANTS for text in texts), rejection


def own_texts(rejection: type[Rejection]) -> list[str]:
    """What is told in the body of a class, but for its documentation."""
    tree = ast.parse(inspect.getsource(rejection))
    documentation = {
        template(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and template(node.value)
    }
    texts = [text for text in templates(tree) if " " in text and text not in documentation]
    whole = [text for text in texts if not any(text in other and text != other for other in texts)]
    return [text for text in whole if not text.startswith("…\n")]  # else it only adds advice to another's text


def test_the_page_is_up_to_date() -> None:
    written = error_page.PAGE.read_text(encoding="utf-8")
    assert written == error_page.rendered(), "write it anew: `python -m support.error_page` in tests/"
