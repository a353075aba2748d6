"""The journal gives the same token for the same ticket, whatever happens in between."""

from pathlib import Path

from candid import Principal
from vex.importer import Journal

SHARD = Principal(b"\x00\x00\x00\x00\x00\x00\x00\x07\x01\x01")


def test_a_ticket_has_one_token_over_restarts_of_the_program(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    first = journal.entry("T-1")
    journal.close()
    again = Journal(tmp_path / "journal").entry("T-1")
    assert (again.token, again.created_at, again.ticket) == (first.token, first.created_at, None)


def test_each_step_of_a_ticket_has_a_token_of_its_own() -> None:
    entry = Journal(":memory:").entry("T-1")
    assert len({entry.write(step).token for step in range(5)}) == 5
    assert entry.write(3).token == entry.write(3).token


def test_the_shard_first_tried_is_remembered_before_there_is_a_ticket(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.entry("T-1")
    journal.chose("T-1", SHARD)
    journal.close()
    assert Journal(tmp_path / "journal").entry("T-1").shard == SHARD


def test_what_is_done_is_not_begun_again() -> None:
    journal = Journal(":memory:")
    journal.entry("T-1")
    journal.done("T-1", ticket=32_768, version=4, steps=3)
    entry = journal.entry("T-1")
    assert (entry.ticket, entry.version, entry.steps) == (32_768, 4, 3)


def test_a_purpose_has_one_write_and_created_organisations_are_known() -> None:
    journal = Journal(":memory:")
    assert journal.write("organisation Alder").token == journal.write("organisation Alder").token
    assert journal.write("organisation Alder").token != journal.write("organisation Birch").token
    journal.created_organisation("Alder", 3)
    journal.registered({"ada@alder.example": 7})
    assert journal.organisations() == {"Alder": 3}
    assert journal.people() == {"ada@alder.example": 7}
