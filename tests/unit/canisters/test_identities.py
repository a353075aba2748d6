"""Several principals of one person, API keys of people and service accounts: linked, seen as one, revoked."""

from typing import Any

import pytest

import candid
from canister_runtime.host.native import Rejected
from support.people import CODE, DAY, MINUTE, OTHER_KEY, ROBOT, THIRD_KEY, People
from support.platform import (
    ADMIN,
    AGENT,
    CUSTOMER,
    LEAD,
    OPERATOR,
    OTHER_ADMIN,
    RIVAL,
    STRANGER,
    code,
    listing,
    ok,
    person,
)


def comment(people: People, caller: candid.Principal) -> Any:
    platform = people.desk.platform
    return people.desk.shard.update("add_comment", platform.comment(people.desk.ticket), caller=caller)


def identities(people: People, caller: candid.Principal) -> list[candid.Principal]:
    return [known["identity"] for known in ok(people.users.query("my_identities", caller=caller))["identities"]]


def test_a_linked_principal_is_the_same_person_everywhere(people: People) -> None:
    assert code(comment(people, OTHER_KEY)) == 300
    who = people.link(CUSTOMER, OTHER_KEY)
    people.told()
    assert who == people.desk.people["customer"] == people.grants(OTHER_KEY)["person"]
    ok(comment(people, OTHER_KEY))
    page = ok(people.desk.shard.query("list_tickets", listing(people.desk.organisation), caller=OTHER_KEY))
    assert [ticket["id"] for ticket in page["tickets"]] == [people.desk.ticket]
    assert identities(people, OTHER_KEY) == identities(people, CUSTOMER) == [CUSTOMER, OTHER_KEY]


def test_an_unlinked_principal_is_a_stranger_at_the_next_call(people: People) -> None:
    who = people.link(CUSTOMER, OTHER_KEY)
    people.told()
    ok(comment(people, OTHER_KEY))
    ok(people.begin_unlink(CUSTOMER, OTHER_KEY))
    ok(comment(people, OTHER_KEY))
    assert code(people.agree(CUSTOMER, who)) == 104
    ok(people.agree(OTHER_KEY, who))
    people.told()
    assert code(comment(people, OTHER_KEY)) == 300
    ok(comment(people, CUSTOMER))
    people.register(OTHER_KEY)


def test_with_every_push_lost_an_unlinked_principal_lives_as_long_as_its_grants(people: People) -> None:
    who = people.link(CUSTOMER, OTHER_KEY)
    people.told()
    ok(comment(people, OTHER_KEY))
    people.desk.platform.network.handle(people.desk.shard.id, "push_grants", _lost)
    ok(people.begin_unlink(CUSTOMER, OTHER_KEY))
    ok(people.agree(OTHER_KEY, who))
    people.told()
    ok(comment(people, OTHER_KEY))
    people.desk.platform.advance(61)
    assert code(comment(people, OTHER_KEY)) == 300


def _lost(_caller: bytes, _argument: bytes, _cycles: int) -> bytes:
    raise Rejected(2, "lost")


def test_the_main_principal_may_go_and_the_last_may_not(people: People) -> None:
    who = people.link(CUSTOMER, OTHER_KEY)
    ok(people.begin_unlink(OTHER_KEY, CUSTOMER))
    ok(people.agree(CUSTOMER, who))
    assert identities(people, OTHER_KEY) == [OTHER_KEY]
    assert ok(people.users.query("whoami", caller=OTHER_KEY))["identity"] == OTHER_KEY
    assert code(people.begin_unlink(OTHER_KEY, OTHER_KEY, "another-code-to-unlink-it")) == 311
    assert code(people.users.query("whoami", caller=CUSTOMER)) == 103


def test_a_principal_of_somebody_is_not_taken_from_them(people: People) -> None:
    who = ok(people.begin_link(CUSTOMER))
    assert code(people.confirm(AGENT, who)) == 302
    assert people.grants(AGENT)["person"] == people.desk.people["agent"]


def test_a_code_of_identities_counts_once_for_one_person_and_not_for_long(people: People) -> None:
    who = ok(people.begin_link(CUSTOMER))
    assert code(people.confirm(OTHER_KEY, people.desk.people["agent"])) == 104
    ok(people.confirm(OTHER_KEY, who))
    assert code(people.confirm(THIRD_KEY, who)) == 106
    ok(people.begin_link(CUSTOMER, "another-code-for-linking"))
    people.desk.platform.advance(11 * 60)
    assert code(people.confirm(THIRD_KEY, who, "another-code-for-linking")) == 105


def test_a_person_has_one_open_code_and_can_take_it_back(people: People) -> None:
    who = ok(people.begin_link(CUSTOMER))
    ok(people.begin_link(CUSTOMER, "another-code-for-linking"))
    assert code(people.confirm(OTHER_KEY, who)) == 104
    assert ok(people.call("cancel_code", CUSTOMER)) == 1
    assert ok(people.call("cancel_code", CUSTOMER)) == 0
    assert code(people.confirm(OTHER_KEY, who, "another-code-for-linking")) == 104


def test_a_person_has_eight_principals_at_most(people: People) -> None:
    for number in range(7):
        people.link(CUSTOMER, person(900 + number), f"code-for-linking-{number:04}")
    assert code(people.begin_link(CUSTOMER)) == 206
    assert len(identities(people, CUSTOMER)) == 8


def test_an_admin_recovers_who_belongs_to_the_organisation_alone(people: People) -> None:
    agent = people.desk.people["agent"]
    ok(comment(people, AGENT))
    ok(people.begin_recovery(ADMIN, agent))
    ok(comment(people, AGENT))
    ok(people.confirm(OTHER_KEY, agent))
    people.told()
    assert code(comment(people, AGENT)) == 300
    ok(comment(people, OTHER_KEY))
    assert identities(people, OTHER_KEY) == [OTHER_KEY]


def test_after_a_recovery_nothing_else_signs_for_the_person(people: People) -> None:
    agent = people.link(AGENT, OTHER_KEY)
    ok(people.api_key(agent, AGENT, "a-code-for-an-api-key-of-mine", scopes=["ticket.read", "ticket.comment"]))
    ok(people.confirm(ROBOT, agent, "a-code-for-an-api-key-of-mine"))
    ok(people.begin_recovery(ADMIN, agent, "a-code-for-the-recovery"))
    ok(people.confirm(THIRD_KEY, agent, "a-code-for-the-recovery"))
    people.told()
    assert identities(people, THIRD_KEY) == [THIRD_KEY]
    for gone in (AGENT, OTHER_KEY, ROBOT):
        assert code(comment(people, gone)) == 300
    people.register(AGENT)


def test_an_admin_does_not_recover_who_belongs_elsewhere_too(people: People) -> None:
    desk = people.desk
    agent = desk.people["agent"]
    desk.platform.members(desk.rival, OTHER_ADMIN, agent=AGENT)
    assert code(people.begin_recovery(ADMIN, agent)) == 101
    assert code(people.begin_recovery(OTHER_ADMIN, agent, organisation=desk.rival)) == 101
    me = ok(people.users.query("whoami", caller=ADMIN))["id"]
    assert code(people.begin_recovery(ADMIN, me)) == 101
    assert code(people.begin_recovery(OTHER_ADMIN, agent)) == 300
    assert code(people.begin_recovery(LEAD, agent)) == 101


def test_an_operators_recovery_counts_after_three_days_unless_the_person_objects(people: People) -> None:
    admin = ok(people.users.query("whoami", caller=ADMIN))["id"]
    assert code(people.begin_recovery(STRANGER, admin, organisation=None)) == 101
    ok(people.begin_recovery(OPERATOR, admin, organisation=None))
    assert code(people.confirm(OTHER_KEY, admin)) == 107
    shown = ok(people.users.query("my_identities", caller=ADMIN))["open_code"]
    assert (shown["kind"], shown["label"]) == ("recovery", "new phone")
    ok(people.call("cancel_code", ADMIN))
    people.desk.platform.advance(3 * DAY // 10**9)
    assert code(people.confirm(OTHER_KEY, admin)) == 104
    ok(people.begin_recovery(OPERATOR, admin, organisation=None))
    people.desk.platform.advance(3 * DAY // 10**9)
    ok(people.confirm(OTHER_KEY, admin))
    assert "members.manage" in people.grants(OTHER_KEY)["permissions"]


def test_a_service_account_may_what_its_keys_scopes_and_its_roles_say(people: People) -> None:
    who = people.account("agent")
    ok(people.api_key(who, scopes=["ticket.create", "ticket.read"]))
    ok(people.confirm(ROBOT, who))
    grants = people.grants(ROBOT)
    assert (grants["permissions"], grants["updates_per_minute"]) == (["ticket.create", "ticket.read"], 60)
    shard, platform = people.desk.shard, people.desk.platform
    ok(shard.update("create_ticket", platform.new_ticket(people.desk.organisation), caller=ROBOT))
    assert code(comment(people, ROBOT)) == 101
    ok(people.set_member(who, "customer"))
    assert people.grants(ROBOT)["permissions"] == ["ticket.create"]
    assert people.member(who)["service"]


def test_an_api_key_ends_at_its_time_and_when_it_is_revoked(people: People) -> None:
    who = people.account("agent")
    ok(people.api_key(who, scopes=["ticket.read", "ticket.comment"], key_expires=people.later(30 * 10**9)))
    ok(people.confirm(ROBOT, who))
    assert people.grants(ROBOT)["lifetime"] <= 30 * 10**9
    ok(comment(people, ROBOT))
    people.desk.platform.advance(31)
    assert code(comment(people, ROBOT)) == 300
    ok(people.api_key(who, code="another-key-of-the-robot", scopes=["ticket.read", "ticket.comment"]))
    ok(people.confirm(THIRD_KEY, who, "another-key-of-the-robot"))
    ok(comment(people, THIRD_KEY))
    assert code(people.of("revoke_api_key", AGENT, identity=THIRD_KEY)) == 101
    assert code(people.of("revoke_api_key", RIVAL, identity=THIRD_KEY)) == 300
    ok(people.of("revoke_api_key", ADMIN, identity=THIRD_KEY))
    people.told()
    assert code(comment(people, THIRD_KEY)) == 300
    assert code(people.of("revoke_api_key", ADMIN, identity=THIRD_KEY)) == 300


def test_a_person_keeps_keys_of_their_own_which_do_not_act_as_the_person(people: People) -> None:
    agent = people.desk.people["agent"]
    ok(people.api_key(agent, AGENT, scopes=["ticket.read", "ticket.comment"]))
    ok(people.confirm(ROBOT, agent))
    ok(comment(people, ROBOT))
    for answer in (
        people.begin_link(ROBOT, "a-code-of-the-stolen-key"),
        people.begin_unlink(ROBOT, AGENT, "a-code-of-the-stolen-key"),
        people.call("update_profile", ROBOT, name="Mallory", email=None, language=None),
        people.of("leave", ROBOT),
        people.call("cancel_code", ROBOT),
        people.api_key(agent, ROBOT, "a-code-of-the-stolen-key"),
        people.of("revoke_api_key", ROBOT, identity=ROBOT),
    ):
        assert code(answer) == 101
    assert code(people.begin_unlink(AGENT, AGENT)) == 311
    assert code(people.api_key(agent, ADMIN)) == 300
    ok(people.of("revoke_api_key", AGENT, identity=ROBOT))
    assert identities(people, AGENT) == [AGENT]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"scopes": []}, 200),
        ({"scopes": ["members.manage"]}, 200),
        ({"scopes": ["ticket.create", "ticket.create"]}, 200),
        ({"scopes": ["ticket.explode"]}, 200),
        ({"scopes": ["ticket.create"] * 25}, 201),
        ({"label": ""}, 200),
        ({"label": "l" * 33}, 201),
        ({"label": "a\x00b"}, 200),
        ({"digest": b"short"}, 200),
        ({"key_expires": 1}, 200),
        ({"key_expires": 2**64 - 1}, 200),
        ({"expires": 1}, 200),
        ({"updates_per_minute": 0}, 200),
        ({"updates_per_minute": 2**32 - 1}, 200),
        ({"person": 1}, 300),
        ({"organisation": 99}, 300),
    ],
)
def test_a_wrong_api_key_is_refused(people: People, changed: dict[str, Any], number: int) -> None:
    who = people.account("agent")
    assert code(people.api_key(changed.pop("person", who), **changed)) == number


def test_a_service_account_is_no_admin_and_is_not_recovered(people: People) -> None:
    fields = {"name": "Robot", "roles": ["admin"], "teams": []}
    assert code(people.of("create_service_account", ADMIN, **fields)) == 200
    assert code(people.of("create_service_account", LEAD, **(fields | {"roles": ["agent"]}))) == 101
    who = people.account("agent")
    assert code(people.begin_recovery(ADMIN, who)) == 300


def test_everything_about_identities_is_there_after_an_upgrade(people: People) -> None:
    who = people.link(CUSTOMER, OTHER_KEY)
    ok(people.begin_link(CUSTOMER, "another-code-for-linking"))
    account = people.account("agent")
    ok(people.api_key(account))
    ok(people.confirm(ROBOT, account))
    before = [people.grants(caller) | {"epoch": 0, "lifetime": 0} for caller in (CUSTOMER, OTHER_KEY, ROBOT)]
    people.users.upgrade()
    assert before == [people.grants(caller) | {"epoch": 0, "lifetime": 0} for caller in (CUSTOMER, OTHER_KEY, ROBOT)]
    ok(people.confirm(THIRD_KEY, who, "another-code-for-linking"))
    assert code(people.confirm(person(910), who, CODE)) == 104
    assert people.later(MINUTE) > 0
