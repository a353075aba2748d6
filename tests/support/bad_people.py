"""Bad input to what people do at `users`: by method, what is wrong, the request, the caller, the error's number."""

from typing import Any

from support.bad_input import Request, at_time, early, in_organisation, late, me
from support.desk import Desk
from support.people import CODE, DAY, MINUTE, digest
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    CUSTOMER,
    LEAD,
    OPERATOR,
    OTHER_ADMIN,
    RIVAL,
    STRANGER,
    ok,
    person,
)

Wrong = tuple[str, Request, Any, int]
CONTROL = "a\x00b"
UNKNOWN = person(990)


def changed(good: Request, **fields: Any) -> Request:
    return lambda desk: good(desk) | fields


def own(**fields: Any) -> Request:
    """A request of a person's own, without an organisation."""
    return lambda desk: desk.platform.token() | fields


def timed(good: Request, **times: int) -> Request:
    """`good` with these fields so many ns from now."""
    return lambda desk: good(desk) | {field: desk.platform.now() + life for field, life in times.items()}


def of_any_write(good: Request, who: Any) -> list[Wrong]:
    return [
        ("anonymous", good, ANONYMOUS, 100),
        ("too old", at_time(good, late), who, 202),
        ("in the future", at_time(good, early), who, 203),
        ("no token", changed(good, client_token=""), who, 200),
        ("long token", changed(good, client_token="t" * 65), who, 201),
    ]


def of_any_organisation(good: Request, who: Any) -> list[Wrong]:
    return [
        *of_any_write(good, who),
        ("a stranger", good, STRANGER, 300),
        ("another tenant's admin", good, OTHER_ADMIN, 300),
        ("another tenant's agent", good, RIVAL, 300),
        ("an operator", good, OPERATOR, 300),
        ("unknown organisation", changed(good, organisation=77), who, 300),
        ("organisation 0", changed(good, organisation=0), who, 300),
        ("the largest organisation", changed(good, organisation=2**64 - 1), who, 300),
        ("a foreign organisation", changed(good, organisation=2), who, 300),
    ]


def of_any_admin(good: Request) -> list[Wrong]:
    return [
        *of_any_organisation(good, ADMIN),
        ("a customer", good, CUSTOMER, 101),
        ("an agent", good, AGENT, 101),
    ]


def first_agent(desk: Desk) -> int:
    return desk.people["agent"]


def admin_of(desk: Desk) -> int:
    person_id: int = ok(desk.platform.users.query("whoami", caller=ADMIN))["id"]
    return person_id


def with_agent(good: Request) -> Request:
    return lambda desk: good(desk) | {"person": first_agent(desk)}


INVITE = timed(
    in_organisation(digest=digest("no-code-of-anybody-at-all"), roles=["agent"], teams=[], email=None), expires=DAY
)
ACCEPT = in_organisation(code=CODE, name="N", language=None)
LINK = timed(own(digest=digest("no-code-of-anybody-at-all"), label="phone"), expires=MINUTE)
UNLINK = timed(own(digest=digest("no-code-of-anybody-at-all"), identity=CUSTOMER), expires=MINUTE)
RECOVER = with_agent(timed(in_organisation(digest=digest("no-code-of-anybody-at-all"), label="new"), expires=DAY))
CONFIRM = with_agent(own(code=CODE))
ACCOUNT = in_organisation(name="Robot", roles=["agent"], teams=[])
JOINING = in_organisation(joining="domain", role="customer", domains=["acme.example"], public=False)
WORK = with_agent(in_organisation(skills=[], capacity=1, calendar=None))
AWAY = in_organisation(person=None, until=0)
ROLE = in_organisation(name="none", permissions=["ticket.read"])
MEMBER = with_agent(in_organisation(deactivated=True))

BAD_ROLES: list[tuple[str, dict[str, Any], int]] = [
    ("no role", {"roles": []}, 200),
    ("a role that is none", {"roles": ["king"]}, 200),
    ("a role twice", {"roles": ["agent", "agent"]}, 200),
    ("a confusable role", {"roles": ["\u0430gent"]}, 200),
    ("a team that is none", {"teams": [3]}, 200),
    ("team 0", {"teams": [0]}, 200),
    ("a team twice", {"teams": [1, 1]}, 200),
    ("too many teams", {"teams": list(range(1, 40))}, 201),
]


def each(good: Request, who: Any, wrongs: list[tuple[str, dict[str, Any], int]]) -> list[Wrong]:
    return [(name, changed(good, **fields), who, number) for name, fields, number in wrongs]


BAD_LABELS: list[tuple[str, dict[str, Any], int]] = [
    ("no label", {"label": ""}, 200),
    ("a blank label", {"label": "  "}, 200),
    ("a long label", {"label": "l" * 33}, 201),
    ("a control character", {"label": CONTROL}, 200),
]
BAD_DIGESTS: list[tuple[str, dict[str, Any], int]] = [
    ("no digest", {"digest": b""}, 200),
    ("half a digest", {"digest": bytes(16)}, 200),
    ("ended", {"expires": 1}, 200),
    ("for ever", {"expires": 2**64 - 1}, 200),
]

CASES: dict[str, list[Wrong]] = {
    "update_profile": [
        *of_any_write(me(), CUSTOMER),
        ("a stranger", me(), STRANGER, 103),
        ("no name", me(name=""), CUSTOMER, 200),
        ("long name", me(name="n" * 101), CUSTOMER, 201),
        ("a name of many bytes", me(name="\U0001f525" * 61), CUSTOMER, 201),
        ("control character", me(name=CONTROL), CUSTOMER, 200),
        ("no address", me(email="nobody"), CUSTOMER, 200),
        ("a long address", me(email="e" * 250 + "@b.example"), CUSTOMER, 201),
        ("a long language", me(language="l" * 17), CUSTOMER, 201),
    ],
    "deactivate_member": [
        *of_any_admin(MEMBER),
        ("nobody", changed(MEMBER, person=1), ADMIN, 300),
        ("a rival", lambda desk: MEMBER(desk) | {"person": desk.people["rival"]}, ADMIN, 300),
    ],
    "leave": [
        *of_any_organisation(in_organisation(), CUSTOMER)[:5],
        ("a stranger", in_organisation(), STRANGER, 103),
        ("another tenant", in_organisation(), RIVAL, 300),
        ("unknown organisation", in_organisation(organisation=77), CUSTOMER, 300),
        ("organisation 0", in_organisation(organisation=0), CUSTOMER, 300),
        ("the largest organisation", in_organisation(organisation=2**64 - 1), CUSTOMER, 300),
        ("the last admin", in_organisation(), ADMIN, 310),
    ],
    "join": [
        *of_any_write(in_organisation(), RIVAL),
        ("a stranger", in_organisation(), STRANGER, 103),
        ("uninvited", in_organisation(), RIVAL, 300),
        ("unknown organisation", in_organisation(organisation=77), RIVAL, 300),
        ("organisation 0", in_organisation(organisation=0), RIVAL, 300),
        ("the largest organisation", in_organisation(organisation=2**64 - 1), RIVAL, 300),
    ],
    "set_joining": [
        *of_any_admin(JOINING),
        *each(
            JOINING,
            ADMIN,
            [
                ("another way", {"joining": "magic"}, 200),
                ("no domain", {"domains": []}, 200),
                ("a domain twice", {"domains": ["a.example", "a.example"]}, 200),
                ("capitals", {"domains": ["A.example"]}, 200),
                ("a confusable domain", {"domains": ["\u0430cme.example"]}, 200),
                ("control character", {"domains": ["acme.exa\x00mple"]}, 200),
                ("a long domain", {"domains": ["d" * 60 + ".example"]}, 201),
                ("many domains", {"domains": [f"d{number}.example" for number in range(9)]}, 201),
                ("a role that is none", {"role": "king"}, 200),
                ("an open door for agents", {"joining": "open", "role": "agent"}, 200),
            ],
        ),
    ],
    "decide_joining": [
        *of_any_admin(with_agent(in_organisation(accept=True))),
        ("who does not ask", with_agent(in_organisation(accept=True)), ADMIN, 300),
        ("nobody", in_organisation(person=0, accept=False), ADMIN, 300),
    ],
    "create_invitation": [
        *of_any_admin(INVITE),
        *each(INVITE, ADMIN, BAD_ROLES),
        *each(INVITE, ADMIN, BAD_DIGESTS),
        *each(
            INVITE,
            ADMIN,
            [
                ("no address", {"email": "nobody"}, 200),
                ("a long address", {"email": "e" * 250 + "@b.example"}, 201),
                ("many roles", {"roles": ["customer", "agent", "lead", "admin", "auditor"]}, 201),
            ],
        ),
    ],
    "accept_invitation": [
        *of_any_write(ACCEPT, STRANGER),
        ("a short code", changed(ACCEPT, code="c" * 19), person(991), 200),
        ("a long code", changed(ACCEPT, code="c" * 129), person(991), 201),
        ("a wrong code", ACCEPT, person(991), 104),
        ("another organisation", changed(ACCEPT, organisation=2), person(992), 104),
        ("unknown organisation", changed(ACCEPT, organisation=77), person(993), 104),
        ("organisation 0", changed(ACCEPT, organisation=0), person(994), 104),
    ],
    "revoke_invitation": [
        *of_any_admin(in_organisation(number=1)),
        ("none", in_organisation(number=1), ADMIN, 300),
        ("number 0", in_organisation(number=0), ADMIN, 300),
        ("the largest number", in_organisation(number=2**64 - 1), ADMIN, 300),
    ],
    "begin_link": [
        *of_any_write(LINK, CUSTOMER),
        ("a stranger", LINK, STRANGER, 103),
        *each(LINK, CUSTOMER, BAD_LABELS),
        *each(LINK, CUSTOMER, BAD_DIGESTS),
        ("in an hour", timed(LINK, expires=60 * MINUTE), CUSTOMER, 200),
    ],
    "begin_unlink": [
        *of_any_write(UNLINK, CUSTOMER),
        ("a stranger", UNLINK, STRANGER, 103),
        *each(UNLINK, CUSTOMER, BAD_DIGESTS),
        ("the last one", UNLINK, CUSTOMER, 311),
        ("another's", changed(UNLINK, identity=AGENT), CUSTOMER, 300),
        ("the anonymous", changed(UNLINK, identity=ANONYMOUS), CUSTOMER, 300),
    ],
    "begin_recovery": [
        *[wrong for wrong in of_any_admin(RECOVER) if wrong[0] != "an operator"],
        *each(RECOVER, ADMIN, BAD_LABELS),
        *each(RECOVER, ADMIN, BAD_DIGESTS),
        ("nobody", changed(RECOVER, person=1), ADMIN, 300),
        ("oneself", lambda desk: RECOVER(desk) | {"person": admin_of(desk)}, ADMIN, 101),
        ("as an operator", changed(RECOVER, organisation=None), ADMIN, 101),
        ("a lead", RECOVER, LEAD, 101),
    ],
    "confirm_identity": [
        *of_any_write(CONFIRM, STRANGER),
        ("a short code", changed(CONFIRM, code="c" * 19), person(995), 200),
        ("a long code", changed(CONFIRM, code="c" * 129), person(995), 201),
        ("a wrong code", CONFIRM, person(995), 104),
        ("nobody's", changed(CONFIRM, person=0), person(996), 104),
        ("the largest person", changed(CONFIRM, person=2**64 - 1), person(997), 104),
    ],
    "cancel_code": [
        *of_any_write(own(), CUSTOMER),
        ("a stranger", own(), STRANGER, 103),
        ("another stranger", own(), UNKNOWN, 103),
        ("a canister of the fleet", own(), OPERATOR, 103),
        ("no token of a stranger", own(client_token=""), STRANGER, 200),
        ("a stranger's old token", at_time(own(), late), STRANGER, 202),
    ],
    "create_service_account": [
        *of_any_admin(ACCOUNT),
        *each(ACCOUNT, ADMIN, [wrong for wrong in BAD_ROLES if wrong[0] != "too many teams"]),
        *each(
            ACCOUNT,
            ADMIN,
            [
                ("an admin", {"roles": ["admin"]}, 200),
                ("no name", {"name": " "}, 200),
                ("a long name", {"name": "n" * 101}, 201),
                ("a control character", {"name": CONTROL}, 200),
            ],
        ),
    ],
    "revoke_api_key": [
        *of_any_write(in_organisation(identity=AGENT), ADMIN),
        ("no key", in_organisation(identity=AGENT), ADMIN, 300),
        ("nobody's", in_organisation(identity=UNKNOWN), ADMIN, 300),
        ("the anonymous", in_organisation(identity=ANONYMOUS), ADMIN, 300),
        ("unknown organisation", in_organisation(identity=AGENT, organisation=77), ADMIN, 300),
        ("a stranger", in_organisation(identity=AGENT), STRANGER, 300),
    ],
    "set_work": [
        *of_any_admin(WORK),
        *each(
            WORK,
            LEAD,
            [
                ("a blank skill", {"skills": [""]}, 200),
                ("a capital", {"skills": ["VPN"]}, 200),
                ("a confusable skill", {"skills": ["v\u0440n"]}, 200),
                ("a control character", {"skills": ["v\x00"]}, 200),
                ("a skill twice", {"skills": ["vpn", "vpn"]}, 200),
                ("a long skill", {"skills": ["s" * 33]}, 201),
                ("many skills", {"skills": [f"s{number}" for number in range(17)]}, 201),
                ("much capacity", {"capacity": 10_001}, 201),
                ("no calendar's id", {"calendar": "Berlin"}, 200),
                ("nobody", {"person": 1}, 300),
            ],
        ),
    ],
    "set_out_of_office": [
        *of_any_organisation(AWAY, AGENT),
        ("in the past", changed(AWAY, until=1), AGENT, 200),
        ("for ever", changed(AWAY, until=2**64 - 1), AGENT, 200),
        ("a colleague", with_agent(AWAY), CUSTOMER, 101),
        ("nobody", changed(AWAY, person=1), LEAD, 300),
    ],
    "update_role": [
        *of_any_admin(ROLE),
        ("no role", ROLE, ADMIN, 300),
        ("a built-in", changed(ROLE, name="agent"), ADMIN, 101),
        ("a lead", ROLE, LEAD, 101),
    ],
    "delete_role": [
        *of_any_admin(in_organisation(name="none")),
        ("no role", in_organisation(name="none"), ADMIN, 300),
        ("a built-in", in_organisation(name="admin"), ADMIN, 101),
    ],
}
