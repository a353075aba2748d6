"""How people come to an organisation and leave it: invitations, asking, open doors; the last admin stays."""

from support.people import CODE, DAY, NEWCOMER, OTHER_KEY, People, digest
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    CUSTOMER,
    LEAD,
    OPERATOR,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    code,
    ok,
    person,
)


def test_an_invitation_makes_its_first_user_a_member(people: People) -> None:
    assert ok(people.invite(email="new@acme.example")) == 1
    membership = ok(people.accept(NEWCOMER))
    assert membership["roles"] == ["agent"]
    assert people.member(membership["person"])["joined_by"] == "invitation"
    assert ok(people.users.query("whoami", caller=NEWCOMER))["email"] == "new@acme.example"
    assert "ticket.update" in people.grants(NEWCOMER)["permissions"]


def test_users_keeps_the_hash_of_a_code_only(people: People) -> None:
    ok(people.invite())
    kept = people.users.system.stable.content().written
    assert digest() in b"".join(kept.values())
    assert CODE.encode() not in b"".join(kept.values())


def test_a_code_is_used_once_and_in_its_time(people: People) -> None:
    ok(people.invite())
    ok(people.accept(NEWCOMER))
    assert code(people.accept(OTHER_KEY)) == 106
    ok(people.invite("another-code-of-this-admin"))
    people.desk.platform.advance(DAY // 10**9 + 1)
    assert code(people.accept(OTHER_KEY, "another-code-of-this-admin")) == 105
    assert code(people.accept(OTHER_KEY, "a-code-that-nobody-has-made")) == 104


def test_the_same_accept_again_gets_the_first_answer(people: People) -> None:
    ok(people.invite())
    request = people.desk.platform.token() | {"organisation": people.desk.organisation, "code": CODE}
    request |= {"name": "New", "language": None}
    first = ok(people.users.update("accept_invitation", request, caller=NEWCOMER))
    assert ok(people.users.update("accept_invitation", request, caller=NEWCOMER)) == first


def test_an_invitation_counts_for_its_organisation_only(people: People) -> None:
    ok(people.invite())
    assert code(people.accept(NEWCOMER, organisation=people.desk.rival)) == 104


def test_guesses_are_bounded_for_a_caller_and_for_an_organisation(people: People) -> None:
    ok(people.invite())
    guesses = [code(people.accept(NEWCOMER, f"guess-number-{number:010}")) for number in range(12)]
    assert guesses == [104] * 10 + [205] * 2
    assert code(people.accept(NEWCOMER)) == 205
    others = [code(people.accept(person(600 + n), f"guess-number-{n:010}")) for n in range(12)]
    assert others == [104] * 10 + [205] * 2
    people.desk.platform.advance(3_700)
    ok(people.accept(NEWCOMER))


def test_a_revoked_invitation_is_no_code(people: People) -> None:
    number = ok(people.invite())
    assert ok(people.of("revoke_invitation", ADMIN, number=number)) == number
    assert code(people.accept(NEWCOMER)) == 104
    assert code(people.of("revoke_invitation", ADMIN, number=number)) == 300


def test_an_invitations_role_that_was_deleted_gives_nothing(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="watcher", permissions=["ticket.read"]))
    ok(people.invite(roles=["watcher"]))
    ok(people.of("delete_role", ADMIN, name="watcher"))
    ok(people.of("define_role", ADMIN, name="watcher", permissions=["audit.read"]))
    assert code(people.accept(NEWCOMER)) == 300


def test_open_invitations_are_bounded_and_done_ones_make_room(people: People) -> None:
    people.users.module("users_canister.code_records").INVITATIONS_KEPT = 3
    for number in range(3):
        ok(people.invite(f"code-of-invitation-{number:04}"))
    assert code(people.invite("code-of-invitation-9999")) == 206
    ok(people.accept(NEWCOMER, "code-of-invitation-0000"))
    assert ok(people.invite("code-of-invitation-9999")) == 4
    assert code(people.accept(OTHER_KEY, "code-of-invitation-0000")) == 104
    request = {"organisation": people.desk.organisation, "cursor": None, "limit": 2}
    people.users.module("users_canister.invitations").INVITATIONS_KEPT = 3
    page = ok(people.users.query("list_invitations", request, caller=ADMIN))
    assert [each["number"] for each in page["invitations"]] == [4, 3]
    page = ok(people.users.query("list_invitations", request | {"cursor": page["next"]}, caller=ADMIN))
    assert ([each["number"] for each in page["invitations"]], page["next"]) == ([2], None)


def test_nobody_gives_more_than_they_have(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="hr", permissions=["members.manage", "members.read", "ticket.create"]))
    ok(people.set_member(people.desk.people["lead"], "hr", "customer"))
    assert code(people.invite(caller=LEAD)) == 101
    ok(people.invite(caller=LEAD, roles=["customer"]))
    assert code(people.set_member(people.desk.people["lead"], "admin", caller=LEAD)) == 101
    assert code(people.set_member(people.desk.people["agent"], "customer", caller=LEAD)) == 101
    assert code(people.deactivate(people.desk.people["agent"], caller=LEAD)) == 101


def test_an_open_organisation_takes_registered_people_as_customers(people: People) -> None:
    people.register(NEWCOMER)
    assert code(people.of("join", NEWCOMER)) == 300
    ok(people.policy("open"))
    joined = ok(people.of("join", NEWCOMER))
    assert joined["joined"]
    assert ok(people.of("join", NEWCOMER)) == joined
    assert people.grants(NEWCOMER)["roles"] == ["customer"]
    assert code(people.of("join", person(700))) == 103
    assert code(people.policy("open", role="agent")) == 200


def test_an_open_door_closes_when_its_role_grows(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="guest", permissions=["ticket.create"]))
    ok(people.policy("open", role="guest"))
    ok(people.of("update_role", ADMIN, name="guest", permissions=["ticket.read"]))
    people.register(NEWCOMER)
    assert code(people.of("join", NEWCOMER)) == 101


def test_a_mail_domain_lets_people_ask_and_an_admin_decides(people: People) -> None:
    ok(people.policy("domain", domains=["acme.example"], role="agent"))
    asker, other = people.register(NEWCOMER, "new@ACME.example"), people.register(OTHER_KEY, "x@acme.example.evil")
    assert not ok(people.of("join", NEWCOMER))["joined"]
    assert not ok(people.of("join", NEWCOMER))["joined"]
    assert code(people.of("join", OTHER_KEY)) == 300
    assert not people.grants(NEWCOMER)["permissions"]
    asking = ok(people.users.query("list_asking", people.desk.organisation, caller=ADMIN))["people"]
    assert [(each["person"], each["email"]) for each in asking] == [(asker, "new@ACME.example")]
    assert code(people.users.query("list_asking", people.desk.organisation, caller=AGENT)) == 101
    assert code(people.of("decide_joining", ADMIN, person=other, accept=True)) == 300
    assert ok(people.of("decide_joining", ADMIN, person=asker, accept=True)) > 0
    assert people.member(asker)["joined_by"] == "domain"
    assert code(people.of("decide_joining", ADMIN, person=asker, accept=True)) == 300


def test_who_is_refused_may_ask_again_and_askers_are_bounded(people: People) -> None:
    ok(people.policy("domain", domains=["acme.example"]))
    people.users.module("users_canister.joining").ASKING_MOST = 2
    askers = [people.register(person(710 + n), "a@acme.example") for n in range(3)]
    ok(people.of("join", person(710)))
    ok(people.of("join", person(711)))
    assert code(people.of("join", person(712))) == 206
    assert ok(people.of("decide_joining", ADMIN, person=askers[0], accept=False)) == 0
    ok(people.of("join", person(712)))
    asking = ok(people.users.query("list_asking", people.desk.organisation, caller=ADMIN))["people"]
    assert [each["person"] for each in asking] == askers[1:]


def test_an_organisation_is_seen_by_anyone_only_where_it_says_so(people: People) -> None:
    profile = people.users.query("public_profile", people.desk.organisation, caller=ANONYMOUS)
    assert code(profile) == 300
    ok(people.policy("invitation", public=True))
    profile = ok(people.users.query("public_profile", people.desk.organisation, caller=ANONYMOUS))
    assert profile == {"id": people.desk.organisation, "name": "Acme", "slug": "acme", "joining": "invitation"}
    assert code(people.users.query("get_joining", people.desk.organisation, caller=ANONYMOUS)) == 300
    assert ok(people.users.query("get_joining", people.desk.organisation, caller=CUSTOMER))["public"]


def test_the_last_admin_neither_leaves_nor_is_demoted_nor_deactivated(people: People) -> None:
    me = ok(people.users.query("whoami", caller=ADMIN))["id"]
    assert code(people.of("leave", ADMIN)) == 310
    assert code(people.set_member(me, "agent")) == 310
    assert code(people.set_member(me)) == 310
    assert code(people.deactivate(me)) == 310
    ok(people.set_member(people.desk.people["lead"], "admin"))
    ok(people.set_member(me, "agent", caller=LEAD))
    assert code(people.of("leave", LEAD)) == 310
    ok(people.of("leave", ADMIN))
    assert code(people.of("leave", ADMIN)) == 300


def test_admins_are_not_all_demoted_together(people: People) -> None:
    ok(people.set_member(people.desk.people["lead"], "admin"))
    agent = {"name": "N", "email": None, "language": None, "roles": ["agent"], "teams": []}
    both = [agent | {"identity": identity} for identity in (ADMIN, LEAD)]
    assert code(people.of("add_people", ADMIN, people=both)) == 310
    assert code(people.of("add_people", ADMIN, people=[both[0], both[1] | {"identity": ADMIN}])) == 200
    assert people.grants(LEAD)["roles"] == ["admin"]


def test_a_person_is_not_added_twice_by_two_principals(people: People) -> None:
    people.link(CUSTOMER, OTHER_KEY)
    agent = {"name": "N", "email": None, "language": None, "roles": ["agent"], "teams": []}
    twice = [agent | {"identity": identity} for identity in (CUSTOMER, OTHER_KEY)]
    assert code(people.of("add_people", ADMIN, people=twice)) == 200


def test_a_deactivated_admin_does_not_count_as_one(people: People) -> None:
    lead = people.desk.people["lead"]
    ok(people.set_member(lead, "admin"))
    ok(people.deactivate(lead))
    assert code(people.of("leave", ADMIN)) == 310
    ok(people.deactivate(lead, deactivated=False))
    ok(people.of("leave", ADMIN))


def test_a_deactivated_member_may_nothing_and_cannot_come_back_alone(people: People) -> None:
    customer = people.desk.people["customer"]
    ok(people.policy("open"))
    ok(people.deactivate(customer))
    assert people.grants(CUSTOMER)["permissions"] == []
    people.told()
    assert (
        code(people.desk.shard.update("add_comment", people.desk.platform.comment(people.desk.ticket), caller=CUSTOMER))
        == 300
    )
    ok(people.of("leave", CUSTOMER))
    assert code(people.of("join", CUSTOMER)) == 300
    ok(people.invite(roles=["customer"]))
    assert code(people.accept(CUSTOMER)) == 302
    ok(people.deactivate(customer, deactivated=False))
    ok(people.accept(CUSTOMER))


def test_who_left_is_no_member_and_may_come_back(people: People) -> None:
    before = ok(people.users.query("get_organisation", people.desk.organisation, caller=ADMIN))["members"]
    ok(people.of("leave", OTHER_CUSTOMER))
    people.told()
    assert code(people.desk.shard.update("open_session", people.desk.organisation, caller=OTHER_CUSTOMER)) == 300
    assert ok(people.users.query("get_organisation", people.desk.organisation, caller=ADMIN))["members"] == before - 1
    ok(people.invite(roles=["customer"]))
    assert ok(people.accept(OTHER_CUSTOMER))["person"] == people.desk.people["other"]
    assert ok(people.users.query("get_organisation", people.desk.organisation, caller=ADMIN))["members"] == before


def test_a_platform_operator_has_no_say_in_an_organisation(people: People) -> None:
    desk = people.desk
    listed = {"organisation": desk.organisation, "cursor": None, "limit": None}
    assert code(people.invite(caller=OPERATOR)) == 300
    assert code(people.set_member(desk.people["agent"], "admin", caller=OPERATOR)) == 300
    assert code(people.of("create_team", OPERATOR, name="T")) == 300
    assert code(people.users.query("list_members", listed, caller=OPERATOR)) == 300
    assert code(people.users.query("list_roles", desk.organisation, caller=OPERATOR)) == 300
    assert ok(people.users.query("get_organisation", desk.organisation, caller=OPERATOR))["members"] == 6


def test_another_tenants_admin_finds_nothing(people: People) -> None:
    ok(people.invite())
    for method, fields in (
        (
            "create_invitation",
            {"digest": digest(), "expires": people.later(DAY), "roles": [], "teams": [], "email": None},
        ),
        ("revoke_invitation", {"number": 1}),
        ("deactivate_member", {"person": people.desk.people["agent"], "deactivated": True}),
        ("decide_joining", {"person": people.desk.people["agent"], "accept": True}),
        ("delete_role", {"name": "watcher"}),
        ("set_joining", {"joining": "open", "role": "customer", "domains": [], "public": True}),
        ("create_service_account", {"name": "x", "roles": ["agent"], "teams": []}),
    ):
        for caller in (OTHER_ADMIN, RIVAL):
            assert code(people.of(method, caller, **fields)) == 300


def test_a_quota_of_people_counts_members(people: People) -> None:
    users, organisation = people.users, people.desk.organisation
    assert code(users.update("set_people_limit", organisation, 7, caller=ADMIN)) == 101
    ok(users.update("set_people_limit", organisation, 7, caller=people.desk.platform.index.id))
    new = {"name": "N", "email": None, "language": None, "roles": ["customer"], "teams": []}
    two = [new | {"identity": person(number)} for number in (720, 721)]
    assert code(people.of("add_people", ADMIN, people=two)) == 206
    ok(people.of("add_people", ADMIN, people=two[:1]))
    ok(people.invite())
    assert code(people.accept(NEWCOMER)) == 206
    ok(people.of("leave", CUSTOMER))
    ok(people.accept(NEWCOMER))


def test_a_flood_of_registrations_ends_at_its_rate_and_leaves_invited_people_alone(people: People) -> None:
    attempts = people.users.module("users_canister.attempts")
    attempts.REGISTRATIONS.units = 5
    answers = [
        people.call("register", person(number), name="N", email=None, language=None) for number in range(800, 812)
    ]
    assert [code(answer) for answer in answers if "Err" in answer] == [205] * 7
    ok(people.invite())
    ok(people.accept(NEWCOMER))
    people.desk.platform.advance(1_800)
    people.register(person(830))
