"""The index tells the words for error codes in the caller's language, so that no client has to bring its own."""

from support.desk import Desk
from support.platform import STRANGER
from vex.errors import Refused
from vex_domain.refusals import ALL_REFUSALS


def test_every_code_has_words_in_the_first_language_that_there_is(shared_desk: Desk) -> None:
    texts = shared_desk.platform.index.query("error_texts", ["tlh", "ar-eg", "de"], caller=STRANGER)
    assert {refusal.code for refusal in ALL_REFUSALS} <= {text["code"] for text in texts}
    assert {(text["language"], text["right_to_left"]) for text in texts} == {("ar", True)}


def test_nobody_is_left_without_words(shared_desk: Desk) -> None:
    for languages in ([], ["x" * 100_000] * 20, ["\u0000"]):
        texts = shared_desk.platform.index.query("error_texts", languages, caller=STRANGER)
        assert {text["language"] for text in texts} == {"en"}


def test_the_sdk_says_an_error_in_the_persons_language() -> None:
    refused = Refused(301, "the current version is 7", {"current": 7})
    assert refused.in_words("de").text == "Jemand anderes war schneller; die aktuelle Version ist 7."
    assert refused.in_words(None).language == "en"
