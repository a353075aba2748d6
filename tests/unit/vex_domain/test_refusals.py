"""The numbers of errors are unique, and the reference in the docs is the table in the code."""

from pathlib import Path

from vex_domain.refusals import ALL_REFUSALS, Conflict, Refusal, reference_table

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "errors.md"


def all_subclasses(base: type[Refusal]) -> set[type[Refusal]]:
    return {inner for outer in base.__subclasses__() for inner in ({outer} | all_subclasses(outer))}


def test_every_refusal_has_a_number_of_its_own() -> None:
    assert len({refusal.code for refusal in ALL_REFUSALS}) == len(ALL_REFUSALS)
    assert all(refusal.code and refusal.meaning for refusal in ALL_REFUSALS)


def test_every_refusal_of_the_domain_stands_in_the_table() -> None:
    declared = {refusal for refusal in all_subclasses(Refusal) if refusal.__module__ == "vex_domain.refusals"}
    assert declared == set(ALL_REFUSALS)


def test_the_reference_in_the_docs_is_the_table() -> None:
    assert REFERENCE.read_text().endswith(reference_table())


def test_a_refusal_becomes_the_candid_record() -> None:
    record = Conflict(7).as_record()
    assert record == {"code": 301, "message": "the current version is 7", "detail": {"Conflict": {"current": 7}}}
