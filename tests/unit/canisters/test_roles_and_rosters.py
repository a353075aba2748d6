"""Roles of an organisation's own, teams and rosters: what changes is told to shards at once, for everybody."""

from typing import Any

from canister_runtime.host.native import Rejected
from support.people import DAY, People
from support.platform import ADMIN, AGENT, CUSTOMER, LEAD, STRANGER, code, ok
from vex_domain import permissions


def session(people: People) -> Any:
    people.told()
    return people.desk.shard.update("open_session", people.desk.organisation, caller=AGENT)


def test_every_built_in_role_is_within_an_admins() -> None:
    assert all(not bits & ~permissions.ADMIN for bits in permissions.BUILT_IN_ROLES.values())


def test_a_changed_role_changes_what_its_members_may_at_their_next_call(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="triage", permissions=["ticket.read", "note.read"]))
    ok(people.set_member(people.desk.people["agent"], "triage"))
    assert ok(session(people))["permissions"] == ["ticket.read", "note.read"]
    ok(people.of("update_role", ADMIN, name="triage", permissions=["ticket.read"]))
    assert ok(session(people))["permissions"] == ["ticket.read"]
    ok(people.of("delete_role", ADMIN, name="triage"))
    assert code(session(people)) == 300


def test_with_every_push_lost_a_changed_role_counts_after_the_lifetime(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="triage", permissions=["ticket.read", "note.read"]))
    ok(people.set_member(people.desk.people["agent"], "triage"))
    ok(session(people))
    people.desk.platform.network.handle(people.desk.shard.id, "push_grants", _lost)
    ok(people.of("update_role", ADMIN, name="triage", permissions=["ticket.read"]))
    assert len(ok(session(people))["permissions"]) == 2
    people.desk.platform.advance(61)
    assert len(ok(session(people))["permissions"]) == 1


def _lost(_caller: bytes, _argument: bytes, _cycles: int) -> bytes:
    raise Rejected(2, "lost")


def test_a_role_defined_again_is_another_role(people: People) -> None:
    agent = people.desk.people["agent"]
    ok(people.of("define_role", ADMIN, name="triage", permissions=["ticket.read"]))
    ok(people.set_member(agent, "triage", "customer"))
    ok(people.of("delete_role", ADMIN, name="triage"))
    ok(people.of("define_role", ADMIN, name="triage", permissions=["members.manage"]))
    assert people.grants(AGENT)["roles"] == ["customer"]
    ok(people.deactivate(agent))
    ok(people.deactivate(agent, deactivated=False))
    assert people.grants(AGENT)["roles"] == ["customer"]
    ok(people.set_member(agent, "triage"))
    assert people.grants(AGENT)["permissions"] == ["members.manage"]


def test_roles_that_are_gone_leave_their_place_to_others(people: People) -> None:
    for name in ("one", "two", "three"):
        ok(people.of("define_role", ADMIN, name=name, permissions=["ticket.read"]))
    ok(people.of("delete_role", ADMIN, name="one"))
    listed = ok(people.users.query("list_roles", people.desk.organisation, caller=ADMIN))["roles"]
    assert [role["name"] for role in listed if not role["built_in"]] == ["three", "two"]
    assert code(people.of("delete_role", ADMIN, name="one")) == 300
    assert code(people.of("delete_role", ADMIN, name="agent")) == 101
    assert code(people.of("update_role", ADMIN, name="one", permissions=["ticket.read"])) == 300
    assert code(people.of("update_role", ADMIN, name="two", permissions=[])) == 200
    assert code(people.of("update_role", LEAD, name="two", permissions=["ticket.read"])) == 101


def test_a_role_of_every_permission_fits_its_record(people: People) -> None:
    ok(people.of("define_role", ADMIN, name="\u0928" * 21, permissions=sorted(permissions.BITS)))


def test_a_member_of_the_longest_roles_and_most_teams_fits_its_record(people: People) -> None:
    names = [f"{number}" + "\U0001f525" * 15 for number in range(8)]
    for name in names:
        ok(people.of("define_role", ADMIN, name=name, permissions=["ticket.read"]))
    teams = tuple(int(ok(people.of("create_team", ADMIN, name=f"Team {number}"))) for number in range(32))
    agent = people.desk.people["agent"]
    ok(people.set_member(agent, *names, teams=teams))
    ok(people.deactivate(agent))
    assert people.member(agent)["roles"] == names


def test_the_fullest_work_policy_and_profile_fit_their_records(people: People) -> None:
    agent = people.desk.people["agent"]
    skills = [f"{number:02}" + "s" * 30 for number in range(16)]
    ok(people.of("set_work", LEAD, person=agent, skills=skills, capacity=10_000, calendar="c" * 32))
    assert people.member(agent)["work"]["skills"] == skills
    domains = ["d" * 55 + f"{number}.example" for number in range(8)]
    fields = {"joining": "domain", "role": "agent", "domains": domains, "public": True}
    ok(people.of("set_joining", ADMIN, **fields))
    assert ok(people.users.query("get_joining", people.desk.organisation, caller=ADMIN))["domains"] == domains
    profile = {"name": "\U0001f525" * 60, "email": "e" * 242 + "@acme.examp", "language": "l" * 16}
    assert ok(people.call("update_profile", AGENT, **profile))["name"] == profile["name"]


def test_the_roster_is_those_who_work_on_tickets(people: People) -> None:
    desk = people.desk
    admin = ok(people.users.query("whoami", caller=ADMIN))["id"]
    assert set(people.roster()) == {desk.people["agent"], desk.people["lead"], admin}
    assert people.roster()[desk.people["agent"]] == {
        "person": desk.people["agent"],
        "teams": [],
        "skills": [],
        "capacity": 20,
        "out_until": 0,
        "calendar": None,
    }
    ok(people.deactivate(desk.people["agent"]))
    ok(people.set_member(desk.people["lead"], "auditor"))
    assert set(people.roster()) == {admin}
    ok(people.deactivate(desk.people["agent"], deactivated=False))
    ok(people.set_member(desk.people["customer"], "agent", "customer"))
    assert set(people.roster()) == {admin, desk.people["agent"], desk.people["customer"]}
    assert code(people.users.update("roster", desk.organisation, caller=ADMIN)) == 101


def test_work_and_absence_are_said_by_leads_and_by_oneself(people: People) -> None:
    agent = people.desk.people["agent"]
    ok(people.of("set_work", LEAD, person=agent, skills=["vpn"], capacity=3, calendar="berlin"))
    back = people.later(DAY)
    ok(people.of("set_out_of_office", AGENT, person=None, until=back))
    assert people.roster()[agent]["skills"] == ["vpn"]
    assert people.roster()[agent]["out_until"] == back
    assert code(people.of("set_work", AGENT, person=agent, skills=[], capacity=3, calendar=None)) == 101
    lead = people.desk.people["lead"]
    assert code(people.of("set_out_of_office", AGENT, person=lead, until=back)) == 101
    ok(people.of("set_out_of_office", LEAD, person=agent, until=0))
    assert people.roster()[agent]["out_until"] == 0
    assert code(people.of("set_out_of_office", STRANGER, person=None, until=back)) == 300
    assert code(people.of("set_out_of_office", AGENT, person=None, until=1)) == 200
    assert code(people.of("set_work", LEAD, person=1, skills=[], capacity=3, calendar=None)) == 300


def test_shards_hear_what_changes_in_a_roster(people: People) -> None:
    told: list[int] = []

    def hear(_caller: bytes, argument: bytes, _cycles: int) -> bytes:
        told.append(len(argument))
        raise Rejected(2, "lost")

    people.desk.platform.network.handle(people.desk.shard.id, "push_roster", hear)
    people.roster()
    agent = people.desk.people["agent"]
    ok(people.of("set_work", LEAD, person=agent, skills=["vpn"], capacity=3, calendar=None))
    people.told()
    assert len(told) == 1
    people.desk.platform.advance(6)
    assert len(told) == 2


def test_known_people_are_members_of_the_organisation(people: People) -> None:
    desk = people.desk
    asked = [desk.people["customer"], desk.people["rival"], 1, 2**64 - 1, desk.people["agent"]]
    answer = people.users.query("known_people", desk.organisation, asked, caller=desk.shard.id)
    assert ok(answer)["people"] == [desk.people["customer"], desk.people["agent"]]
    assert code(people.users.query("known_people", desk.organisation, asked, caller=CUSTOMER)) == 101
    assert code(people.users.query("known_people", desk.organisation, [1] * 201, caller=desk.shard.id)) == 200


def test_the_staffs_roll_is_right_after_people_of_an_earlier_schema(people: People) -> None:
    organisation, stores = people.desk.organisation, people.users.module("main").env.stores
    record = stores.organisations.get(organisation)
    expected = people.roster()
    record["admins"] = record["staff"] = None
    stores.organisations.insert(organisation, record)
    for number in range(1, record["joined"] + 1):
        key = organisation.to_bytes(8, "big") + stores.rolls.get(organisation << 32 | number).to_bytes(8, "big")
        member = stores.members.get(key)
        member["staff"] = None
        stores.members.insert(key, member)
        stores.staff.remove(organisation << 32 | number)
    assert people.roster() == expected
    assert code(people.of("leave", ADMIN)) == 310


def test_the_index_hears_of_revocations_too(people: People) -> None:
    desk = people.desk
    lead = desk.people["lead"]
    ok(people.set_member(lead, "admin"))
    ok(desk.platform.place(desk.organisation, LEAD))
    request = {**desk.platform.token(), "organisation": desk.organisation, "version": 0, "section": "limits"}
    request["document"] = '{"ticket": {"updates_per_minute": 9}}'
    ok(desk.platform.index.update("set_configuration", request, caller=LEAD))
    ok(people.set_member(lead, "agent"))
    people.told()
    request |= {**desk.platform.token(), "version": 1}
    assert code(desk.platform.index.update("set_configuration", request, caller=LEAD)) == 101
    ok(people.set_member(lead))
    people.told()
    assert code(desk.platform.place(desk.organisation, LEAD)) == 300
