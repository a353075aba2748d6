"""Bad input to every endpoint that changes something, as a table: where, method, what, request, caller, number."""

from collections.abc import Callable
from typing import Any

from support.desk import Desk
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    AUDITOR,
    CUSTOMER,
    OPERATOR,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    person,
)

HOUR = 3_600_000_000_000
Request = Callable[[Desk], Any]
Case = tuple[str, str, str, Request, Any, int]


def late(desk: Desk) -> int:
    return desk.platform.now() - 25 * HOUR


def early(desk: Desk) -> int:
    return desk.platform.now() + HOUR


def ticket(**changed: Any) -> Request:
    return lambda desk: desk.platform.new_ticket(desk.organisation) | changed


def comment(**changed: Any) -> Request:
    return lambda desk: desk.platform.comment(desk.ticket) | changed


def change(**changed: Any) -> Request:
    return lambda desk: desk.platform.change(desk.ticket, 1, status="open") | changed


def at_time(request: Request, when: Callable[[Desk], int]) -> Request:
    return lambda desk: request(desk) | {"created_at": when(desk)}


def of_people(**changed: Any) -> Request:
    new = {"identity": person(99), "name": "N", "email": None, "language": None, "roles": ["agent"], "teams": []}
    people = [new | {field: value for field, value in changed.items() if field in new}]
    further = {field: value for field, value in changed.items() if field not in new}
    return lambda desk: desk.platform.token() | {"organisation": desk.organisation, "people": people} | further


def in_organisation(**fields: Any) -> Request:
    return lambda desk: desk.platform.token() | {"organisation": desk.organisation} | fields


def org(**changed: Any) -> Request:
    return lambda desk: desk.platform.token() | {"name": "New", "slug": "new", "admin": ADMIN} | changed


def me(**changed: Any) -> Request:
    return lambda desk: desk.platform.token() | {"name": "New", "email": None, "language": None} | changed


def in_every_way(method: str, good: Request, who: Any) -> list[Case]:
    """What is wrong with any call that carries a token, at the shard and at the façade."""
    wrong: list[tuple[str, Request, Any, int]] = [
        ("anonymous", good, ANONYMOUS, 100),
        ("too old", at_time(good, late), who, 202),
        ("in the future", at_time(good, early), who, 203),
        ("no token", lambda desk: good(desk) | {"client_token": ""}, who, 200),
        ("long token", lambda desk: good(desk) | {"client_token": "t" * 65}, who, 201),
    ]
    return [(place, method, name, *rest) for place in ("shard", "index") for name, *rest in wrong]


def elsewhere_too(cases: list[tuple[str, str, Request, Any, int]]) -> list[Case]:
    return [(place, *case) for place in ("shard", "index") for case in cases]


TICKETS = elsewhere_too(
    [
        ("create_ticket", "long subject", ticket(subject="s" * 151), CUSTOMER, 201),
        ("create_ticket", "empty subject", ticket(subject=" "), CUSTOMER, 200),
        ("create_ticket", "control character", ticket(subject="a\x00b"), CUSTOMER, 200),
        ("create_ticket", "long body", ticket(body="b" * 65_537), CUSTOMER, 201),
        ("create_ticket", "empty body", ticket(body=""), CUSTOMER, 200),
        ("create_ticket", "unknown priority", ticket(priority="asap"), CUSTOMER, 200),
        ("create_ticket", "a tag twice", ticket(tags=["a", "a"]), CUSTOMER, 200),
        ("create_ticket", "many tags", ticket(tags=list("abcdefghijk")), CUSTOMER, 201),
        ("create_ticket", "unknown organisation", ticket(organisation=99), CUSTOMER, 300),
        ("create_ticket", "another tenant", ticket(organisation=2), CUSTOMER, 300),
        ("create_ticket", "a stranger", ticket(), STRANGER, 300),
        ("create_ticket", "an auditor", ticket(), AUDITOR, 101),
        ("create_ticket", "for others", ticket(requester=5), CUSTOMER, 101),
        ("create_ticket", "assigned by a customer", ticket(assignee=5), CUSTOMER, 101),
        ("add_comment", "unknown id", comment(ticket=7), CUSTOMER, 300),
        ("add_comment", "id of no shard", comment(ticket=2**63), CUSTOMER, 300),
        ("add_comment", "empty", comment(body="\n"), CUSTOMER, 200),
        ("add_comment", "too long", comment(body="b" * 65_537), AGENT, 201),
        ("add_comment", "another tenant", comment(), RIVAL, 300),
        ("add_comment", "another customer", comment(), OTHER_CUSTOMER, 300),
        ("add_comment", "a stranger", comment(), STRANGER, 300),
        ("add_comment", "an auditor", comment(), AUDITOR, 101),
        ("add_comment", "a customer's note", comment(internal=True), CUSTOMER, 101),
        ("update_ticket", "unknown id", change(ticket=7), AGENT, 300),
        ("update_ticket", "stale version", change(version=9_999), AGENT, 301),
        ("update_ticket", "another tenant", change(), RIVAL, 300),
        ("update_ticket", "a customer", change(), CUSTOMER, 101),
        ("update_ticket", "a customer's assignment", change(status=None, assignee=4), CUSTOMER, 101),
        ("update_ticket", "an auditor", change(), AUDITOR, 101),
        ("update_ticket", "unknown status", change(status="burning"), AGENT, 200),
        ("update_ticket", "impossible transition", change(status="closed"), AGENT, 200),
        ("update_ticket", "unknown priority", change(priority="asap"), AGENT, 200),
        ("update_ticket", "long subject", change(subject="s" * 151), AGENT, 201),
        ("update_ticket", "nothing", change(status=None), AGENT, 200),
    ]
)
PEOPLE: list[Case] = [
    ("users", "register", "anonymous", me(), ANONYMOUS, 100),
    ("users", "register", "twice", me(), CUSTOMER, 302),
    ("users", "register", "no name", me(name=""), STRANGER, 200),
    ("users", "register", "long name", me(name="n" * 101), STRANGER, 201),
    ("users", "register", "no address", me(email="nobody"), STRANGER, 200),
    ("users", "register", "too old", at_time(me(), late), STRANGER, 202),
    ("users", "register", "in the future", at_time(me(), early), STRANGER, 203),
    ("users", "add_people", "a customer", of_people(), CUSTOMER, 101),
    ("users", "add_people", "another tenant", of_people(), OTHER_ADMIN, 300),
    ("users", "add_people", "unknown organisation", of_people(organisation=77), ADMIN, 300),
    ("users", "add_people", "unknown role", of_people(roles=["king"]), ADMIN, 200),
    ("users", "add_people", "no role", of_people(roles=[]), ADMIN, 200),
    ("users", "add_people", "unknown team", of_people(teams=[3]), ADMIN, 200),
    ("users", "add_people", "anonymous member", of_people(identity=ANONYMOUS), ADMIN, 200),
    ("users", "add_people", "nobody", of_people(people=[]), ADMIN, 200),
    ("users", "set_member", "unknown person", in_organisation(person=1, roles=[], teams=[]), ADMIN, 300),
    ("users", "create_team", "an agent", in_organisation(name="T"), AGENT, 101),
    ("users", "create_team", "no name", in_organisation(name=" "), ADMIN, 200),
    ("users", "create_team", "another tenant", in_organisation(name="T"), OTHER_ADMIN, 300),
    ("users", "define_role", "a built-in", in_organisation(name="agent", permissions=["note.read"]), ADMIN, 302),
    ("users", "define_role", "unknown permission", in_organisation(name="r", permissions=["all"]), ADMIN, 200),
    ("users", "define_role", "a lead's", in_organisation(name="r", permissions=["note.read"]), AGENT, 101),
    ("users", "register_shard", "not the index", lambda _: person(5), ADMIN, 101),
    (
        "users",
        "configure",
        "not an operator",
        lambda _: dict.fromkeys(("index", "operators", "grant_lifetime")),
        ADMIN,
        101,
    ),
    (
        "users",
        "register_organisation",
        "not the index",
        lambda _: {"organisation": 9, "name": "x", "slug": "x", "admin": ADMIN},
        ADMIN,
        101,
    ),
]
FLEET: list[Case] = [
    ("index", "create_org", "not an operator", org(), ADMIN, 101),
    ("index", "create_org", "anonymous", org(), ANONYMOUS, 100),
    ("index", "create_org", "slug in use", org(slug="acme"), OPERATOR, 302),
    ("index", "create_org", "capital slug", org(slug="Acme"), OPERATOR, 200),
    ("index", "create_org", "long slug", org(slug="s" * 41), OPERATOR, 201),
    ("index", "create_org", "no name", org(name=""), OPERATOR, 200),
    ("index", "create_org", "anonymous admin", org(admin=ANONYMOUS), OPERATOR, 200),
    ("index", "create_org", "too old", at_time(org(), late), OPERATOR, 202),
    ("index", "create_org", "in the future", at_time(org(), early), OPERATOR, 203),
    ("index", "spawn_shard", "not an operator", lambda desk: desk.platform.token(), ADMIN, 101),
    ("index", "upload_chunk", "not an operator", lambda _: {"chunk": b"x"}, ADMIN, 101),
    ("index", "upload_chunk", "empty", lambda _: {"chunk": b""}, OPERATOR, 200),
    ("index", "upload_chunk", "too large", lambda _: {"chunk": bytes(2**20 + 1)}, OPERATOR, 201),
    (
        "index",
        "set_module",
        "no digest",
        lambda _: {"version": "1", "sha256": b"", "size": 1, "chunks": [b""]},
        OPERATOR,
        200,
    ),
    (
        "index",
        "set_module",
        "not an operator",
        lambda _: {"version": "1", "sha256": b"", "size": 1, "chunks": []},
        ADMIN,
        101,
    ),
    ("index", "report_fill", "not a shard", lambda _: {"shard": 1, "tickets": 9, "state": None}, ADMIN, 101),
    ("index", "place", "a stranger", lambda desk: {"organisation": desk.organisation, "full": []}, STRANGER, 300),
    ("index", "place", "another tenant", lambda desk: {"organisation": desk.rival, "full": []}, CUSTOMER, 300),
    ("index", "place", "anonymous", lambda desk: {"organisation": desk.organisation, "full": []}, ANONYMOUS, 100),
    ("index", "place", "unknown", lambda _: {"organisation": 55, "full": []}, CUSTOMER, 300),
    (
        "shard",
        "grant_lease",
        "not the index",
        lambda _: dict.fromkeys(("shard", "start", "length", "capacity", "high_water"), 1),
        ADMIN,
        101,
    ),
    ("shard", "open_organisation", "not the index", lambda _: 9, ADMIN, 101),
    ("shard", "push_grants", "not users", lambda _: [], ADMIN, 101),
    ("shard", "open_session", "a stranger", lambda desk: desk.organisation, STRANGER, 300),
    ("shard", "open_session", "anonymous", lambda desk: desk.organisation, ANONYMOUS, 100),
    ("shard", "open_session", "unknown organisation", lambda _: 88, CUSTOMER, 300),
]
LIFE: list[Case] = [
    ("shard", "create_ticket", "unknown kind", ticket(kind="disaster"), CUSTOMER, 200),
]
CASES = [
    *LIFE,
    *TICKETS,
    *in_every_way("create_ticket", ticket(), CUSTOMER),
    *in_every_way("add_comment", comment(), CUSTOMER),
    *in_every_way("update_ticket", change(), AGENT),
    *PEOPLE,
    *FLEET,
]


def canister(desk: Desk, place: str) -> Any:
    """The canister that a case is about."""
    return desk.shard if place == "shard" else getattr(desk.platform, place)
