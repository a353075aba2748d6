"""The table of permissions against the canisters: role, method, tenant; direct, façade and foreign canister."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import candid
from canister_runtime.host.native import NativeCanister
from support.desk import ROLES, Desk
from support.platform import (
    ADMIN,
    ANONYMOUS,
    OPERATOR,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    code,
    listing,
    ok,
)
from vex.interfaces import interface
from vex_domain import permissions
from vex_domain.people.permission_matrix import MATRIX, MEMBER, allows

FOREIGN = Path(__file__).parents[2] / "support" / "callers" / "foreign"
OUTSIDERS = {
    "another tenant": RIVAL,
    "another tenant's admin": OTHER_ADMIN,
    "stranger": STRANGER,
    "operator": OPERATOR,
    "anonymous": ANONYMOUS,
}
BAD_CODE = {"digest": b"", "expires": 1, "label": "x"}

Sample = Callable[[Desk], Any]


def organised(**fields: Any) -> Sample:
    return lambda desk: desk.platform.token() | {"organisation": desk.organisation} | fields


def paged(**fields: Any) -> Sample:
    return lambda desk: {"organisation": desk.organisation, "cursor": None, "limit": None} | fields


def the_organisation(desk: Desk) -> int:
    return desk.organisation


# Whoever is allowed gets an answer or a refusal of what the request says; nothing is changed but tickets.
SAMPLES: dict[tuple[str, str], Sample] = {
    ("users", "list_roles"): the_organisation,
    ("users", "get_joining"): the_organisation,
    ("users", "list_members"): paged(),
    ("users", "list_invitations"): paged(),
    ("users", "list_asking"): the_organisation,
    ("users", "add_people"): organised(people=[]),
    ("users", "set_member"): organised(person=1, roles=[], teams=[]),
    ("users", "deactivate_member"): organised(person=1, deactivated=True),
    ("users", "create_team"): organised(name=""),
    ("users", "set_work"): organised(person=1, skills=[""], capacity=1, calendar=None),
    ("users", "set_out_of_office"): organised(person=None, until=1),
    ("users", "define_role"): organised(name="", permissions=[]),
    ("users", "update_role"): organised(name="none", permissions=[]),
    ("users", "delete_role"): organised(name="none"),
    ("users", "set_joining"): organised(joining="?", role="", domains=[], public=False),
    ("users", "decide_joining"): organised(person=1, accept=True),
    ("users", "create_invitation"): organised(digest=b"", expires=1, roles=[], teams=[], email=None),
    ("users", "revoke_invitation"): organised(number=0),
    ("users", "begin_recovery"): organised(person=1, **BAD_CODE),
    ("users", "create_service_account"): organised(name="", roles=[], teams=[]),
    ("users", "create_api_key"): organised(person=1, scopes=[], key_expires=1, updates_per_minute=1, **BAD_CODE),
    ("index", "set_configuration"): organised(section="workflow", document="{", version=0),
    ("index", "get_configuration"): the_organisation,
    ("index", "get_configuration_replicated"): the_organisation,
    ("index", "place"): lambda desk: {"organisation": desk.organisation, "full": []},
    ("index", "shards_of"): the_organisation,
    ("index", "shards_of_replicated"): the_organisation,
    ("index", "erase_person"): organised(person=0),
    ("index", "set_hold"): organised(subject_kind="?", subject=0, held=True),
    ("users", "export_person"): lambda desk: {"organisation": desk.organisation, "person": 1},
    ("shard", "list_privacy_orders"): lambda desk: {"organisation": desk.organisation},
    ("shard", "export_person"): paged(person=1),
    ("shard", "export_person_replicated"): paged(person=1),
    ("shard", "open_session"): the_organisation,
    ("shard", "list_events"): paged(ticket=None),
    ("shard", "list_events_replicated"): paged(ticket=None),
}
TICKETS: dict[str, Sample] = {
    "create_ticket": lambda desk: desk.platform.new_ticket(desk.organisation),
    "add_comment": lambda desk: desk.platform.comment(desk.ticket),
    "get_ticket": lambda desk: desk.ticket,
    "get_ticket_replicated": lambda desk: desk.ticket,
    "list_comments": lambda desk: {"ticket": desk.ticket, "cursor": None, "limit": None},
    "list_comments_replicated": lambda desk: {"ticket": desk.ticket, "cursor": None, "limit": None},
    "list_tickets": lambda desk: listing(desk.organisation),
    "list_tickets_replicated": lambda desk: listing(desk.organisation),
}
LISTS = ("create_ticket", "list_tickets", "list_tickets_replicated")
SAMPLES |= {("shard", method): sample for method, sample in TICKETS.items()}


def canister_of(desk: Desk, name: str) -> Any:
    return desk.shard if name == "shard" else getattr(desk.platform, name)


def sent(desk: Desk, canister: str, method: str, request: Any, caller: candid.Principal) -> Any:
    """The answer of a method called in its own way."""
    target = canister_of(desk, canister)
    call = target.query if interface(canister).methods[method].is_query else target.update
    return call(method, request, caller=caller)


def refusal(answer: dict[str, Any]) -> int:
    """100, 101, 103 or 300 when who called was refused; 0 when they were not, whatever became of what they said."""
    if "Ok" in answer:
        return 0
    number = code(answer)
    what = (answer["Err"]["detail"] or {}).get("NotFound", {}).get("what")
    refused = number in (100, 101, 103) or (number == 300 and what in ("organisation", "ticket"))
    return number if refused else 0


def expected(canister: str, method: str, role: str, *, own: bool = True) -> int:
    row = MATRIX[canister][method.removesuffix("_replicated")]
    if row == MEMBER:
        return 0
    assert not isinstance(row, str)
    bits = permissions.BUILT_IN_ROLES[role]
    if allows(row, bits, own or method in LISTS):
        return 0
    sees = bits & permissions.TICKET_READ or (own and bits & permissions.TICKET_READ_OWN)
    return 101 if sees or method not in TICKETS else 300


@pytest.mark.parametrize("canister_and_method", SAMPLES, ids="-".join)
def test_a_role_is_refused_where_the_table_says(shared_desk: Desk, canister_and_method: tuple[str, str]) -> None:
    canister, method = canister_and_method
    sample = SAMPLES[canister_and_method]
    for role, caller in ROLES.items():
        answer = sent(shared_desk, canister, method, sample(shared_desk), caller)
        assert refusal(answer) == expected(canister, method, role), (role, answer)
    for name, caller in OUTSIDERS.items():
        answer = sent(shared_desk, canister, method, sample(shared_desk), caller)
        assert refusal(answer) in ((100, 300) if name == "anonymous" else (300,)), (name, answer)


@pytest.mark.parametrize("method", TICKETS)
def test_the_facade_refuses_as_the_shard_does(shared_desk: Desk, method: str) -> None:
    def request() -> Any:
        sample = TICKETS[method](shared_desk)
        return {"shard": None, "request": sample} if method.startswith("list_tickets") else sample

    for role, caller in ROLES.items():
        answer = sent(shared_desk, "index", method, request(), caller)
        assert refusal(answer) == expected("index", method, role), (role, answer)
    other = sent(shared_desk, "index", method, request(), OTHER_CUSTOMER)
    assert refusal(other) == expected("index", method, "customer", own=False), other
    for name, caller in OUTSIDERS.items():
        answer = sent(shared_desk, "index", method, request(), caller)
        assert refusal(answer) == (100 if name == "anonymous" else 300), (name, answer)


def test_a_foreign_canister_is_a_caller_like_any_other(desk: Desk) -> None:
    foreign = NativeCanister.load(FOREIGN, network=desk.platform.network)

    def forwarded(target: Any, method: str) -> Any:
        request = TICKETS[method](desk)
        if target is desk.platform.index and method.startswith("list_tickets"):
            request = {"shard": None, "request": request}
        reply = foreign.update("forward", target.id, method, target.encode_arguments(method, (request,)))
        return target.decode_reply(method, reply)

    methods = [method for method in TICKETS if method in LISTS[:1] + LISTS[2:] or "replicated" in method]
    ways = (desk.shard, desk.platform.index)
    assert {refusal(forwarded(way, method)) for way in ways for method in methods} == {300}
    who = desk.platform.members(desk.organisation, ADMIN, customer=foreign.id)["customer"]
    for role in ROLES:
        change = desk.platform.token() | {
            "organisation": desk.organisation,
            "person": who,
            "roles": [role],
            "teams": [],
        }
        ok(desk.platform.users.update("set_member", change, caller=ADMIN))
        desk.platform.advance(1)
        for way in ways:
            for method in methods:
                answer = forwarded(way, method)
                assert refusal(answer) == expected("shard", method, role, own=False), (role, method, answer)


@pytest.mark.parametrize("method", TICKETS)
def test_only_the_index_speaks_for_others(shared_desk: Desk, method: str) -> None:
    is_query = interface("shard").methods[f"facade_{method}"].is_query
    call = shared_desk.shard.query if is_query else shared_desk.shard.update
    assert code(call(f"facade_{method}", ADMIN, TICKETS[method](shared_desk), caller=ADMIN)) == 101
