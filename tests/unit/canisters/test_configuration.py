"""An organisation's configuration: set at the index, refused with the place, pushed to every shard that holds it."""

import json
from typing import Any

import pytest

from support.desk import Desk
from support.platform import ADMIN, AGENT, ANONYMOUS, AUDITOR, LEAD, OTHER_ADMIN, STRANGER, code, ok

GERMAN = json.dumps({"default": "de", "offered": ["de", "en"]})


def setting(desk: Desk, **changed: Any) -> dict[str, Any]:
    """A request to speak German."""
    request = {**desk.platform.token(), "organisation": desk.organisation, "version": 0}
    return {**request, "section": "languages", "document": GERMAN, **changed}


def kept(desk: Desk) -> int:
    """The version that the desk's shard has."""
    record = desk.shard.module("shard_canister.shard_stores").shard_configurations.get(desk.organisation)
    return 0 if record is None else int(record["version"])


def test_what_is_set_is_read_back_and_reaches_the_shard(desk: Desk) -> None:
    assert ok(desk.platform.index.update("set_configuration", setting(desk), caller=ADMIN)) == 1
    shown = ok(desk.platform.index.query("get_configuration", desk.organisation, caller=AGENT))
    assert json.loads(shown["sections"][0]["document"]) == json.loads(GERMAN)
    assert (shown["version"], shown["sections"][0]["name"]) == (1, "languages")
    desk.platform.advance(1)
    assert kept(desk) == 1


def test_a_change_of_configuration_is_an_event_of_the_audit_chain(desk: Desk) -> None:
    ok(desk.platform.index.update("set_configuration", setting(desk), caller=ADMIN))
    desk.platform.advance(1)
    wanted = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": None}
    events = ok(desk.shard.query("list_events", wanted, caller=AUDITOR))["events"]
    assert events[-1]["block"]["kind"] == "vex.organisation.configured"
    assert events[-1]["block"]["version"] == 1


def test_a_shard_that_did_not_answer_is_told_again(desk: Desk) -> None:
    desk.shard.stop()
    ok(desk.platform.index.update("set_configuration", setting(desk), caller=ADMIN))
    desk.platform.advance(1)
    desk.shard.start()
    desk.platform.advance(30)
    assert kept(desk) == 1


def test_an_upgraded_index_still_knows_whom_it_has_to_tell(desk: Desk) -> None:
    ok(desk.platform.index.update("set_configuration", setting(desk), caller=ADMIN))
    desk.platform.index.upgrade()
    desk.platform.advance(10)
    assert kept(desk) == 1


def test_a_longer_and_a_shorter_document_leave_no_pages_behind(desk: Desk) -> None:
    index = desk.platform.index
    long = json.dumps({"default": "de", "offered": ["de"] + [f"a{a}{b}-{'x' * 8}" for a in "bcdef" for b in "bcdef"]})
    ok(index.update("set_configuration", setting(desk, document=long), caller=ADMIN))
    ok(index.update("set_configuration", setting(desk, version=1), caller=ADMIN))
    desk.platform.advance(1)
    assert kept(desk) == 2
    assert index.module("index_canister.index_stores").index_documents.len() == 1
    assert desk.shard.module("shard_canister.shard_stores").shard_documents.len() == 1


@pytest.mark.parametrize(
    ("changed", "caller", "number"),
    [
        ({}, AGENT, 101),
        ({}, LEAD, 101),
        ({}, AUDITOR, 101),
        ({}, OTHER_ADMIN, 300),
        ({}, STRANGER, 300),
        ({}, ANONYMOUS, 100),
        ({"organisation": 99}, ADMIN, 300),
        ({"section": "telepathy"}, ADMIN, 300),
        ({"version": 7}, ADMIN, 301),
        ({"document": ""}, ADMIN, 200),
        ({"document": "[]"}, ADMIN, 200),
        ({"document": "{}"}, ADMIN, 200),
        ({"document": '{"default": "English"}'}, ADMIN, 200),
        ({"document": '{"default": "en", "defualt": "de"}'}, ADMIN, 200),
        ({"document": '{"default": "en", "offered": ["de"]}'}, ADMIN, 200),
        ({"document": '{"default": "en", "default": "de"}'}, ADMIN, 200),
        ({"document": '{"default": "\\ud800"}'}, ADMIN, 200),
        ({"document": '{"default": ' + "[" * 60_000}, ADMIN, 200),
        ({"document": '{"default": "en"}' + " " * 70_000}, ADMIN, 201),
        ({"created_at": 0}, ADMIN, 202),
        ({"client_token": ""}, ADMIN, 200),
    ],
)
def test_a_bad_change_of_configuration_gets_its_number_and_changes_nothing(
    shared_desk: Desk, changed: dict[str, Any], caller: Any, number: int
) -> None:
    before = shared_desk.state()
    answer = shared_desk.platform.index.update("set_configuration", setting(shared_desk, **changed), caller=caller)
    assert code(answer) == number
    assert shared_desk.state() == before


def test_only_members_read_a_configuration_and_only_the_index_pushes_one(shared_desk: Desk) -> None:
    index = shared_desk.platform.index
    assert code(index.query("get_configuration", shared_desk.organisation, caller=OTHER_ADMIN)) == 300
    assert ok(index.update("get_configuration_replicated", shared_desk.organisation, caller=AGENT))["version"] == 0
    pushed = {"organisation": shared_desk.organisation, "version": 5, "sections": []}
    assert code(shared_desk.shard.update("push_configuration", pushed, caller=ADMIN)) == 101
