"""State that an earlier commit's code wrote is carried over: users, index and a shard with two hundred tickets.

The fixture is made by `scripts/make_state_fixture`.
"""

import base64
import json
import lzma
from pathlib import Path
from typing import Any

import cbor2
import pytest

from canister_runtime.host.native.stable_memory import Content
from support.native_platform import NativePlatform
from support.people import CODE, DAY, NEWCOMER, OTHER_KEY, digest
from support.platform import ADMIN, AGENT, AUDITOR, CUSTOMER, LEAD, OPERATOR, RIVAL, code, listing, ok
from vex_domain.audit_chain import block_hash
from vex_domain.hash_tree import tree_digest

STATES = Path(__file__).parents[2] / "fixtures" / "states"
TICKETS = 200


class Carried:
    """A platform whose canisters were upgraded from the memories of a fixture."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.platform = NativePlatform()
        self.platform.configure(capacity=512, lease_length=512)
        self.organisation = state["organisation"]
        self.first = state["ticket"]
        self.told = state.get("told")
        self.platform.organisation("other", ADMIN)
        ok(self.platform.index.update("spawn_shard", self.platform.token(), caller=OPERATOR))
        self.platform.spawned()
        self.shard = self.platform.shard(self.platform.shard_infos()[0]["canister"])
        self.platform.network.advance(max(0.0, (state["now"] - self.platform.now()) / 10**9 + 60))
        # The fixture's tokens are remembered.
        self.platform._tokens = 100_000
        for name in ("users", "index", "shard"):
            canister = self.shard if name == "shard" else getattr(self.platform, name)
            assert canister.id.bytes.hex() == state[name]["id"], "the fixture's canisters know each other by their ids"
            written = {int(number): base64.b64decode(page) for number, page in state[name]["written"].items()}
            canister.system.stable.restore(Content(state[name]["pages"], written))
            canister.upgrade()


def history(carried: Carried) -> list[dict[str, Any]]:
    """All events of the shard that the auditor is shown."""
    events: list[dict[str, Any]] = []
    wanted = {"organisation": carried.organisation, "ticket": None, "cursor": None, "limit": None}
    while not events or wanted["cursor"] is not None:
        page = ok(carried.shard.query("list_events", wanted, caller=AUDITOR))
        events += page["events"]
        wanted["cursor"] = page["next"]
    return events


def proved(carried: Carried, ticket: int) -> bool:
    """Whether the witness of a ticket leads to the certified data."""
    module = carried.shard.module
    stored = module("shard_canister.shard_stores").shard_tickets.get(ticket)
    proof = module("shard_canister.tickets.ticket_reads")._proof(module("main").env, ticket, stored, b"certificate")
    return tree_digest(cbor2.loads(proof["witness"])) == carried.shard.system.certified_data


@pytest.fixture(scope="module", params=sorted(STATES.glob("*.json.xz")), ids=lambda path: path.name[:7])
def carried(request: pytest.FixtureRequest) -> Carried:
    """A platform after the upgrade."""
    return Carried(json.loads(lzma.decompress(request.param.read_bytes())))


def test_people_have_what_they_had(carried: Carried) -> None:
    users = carried.platform.users
    roles = {
        caller: ok(users.query("grants", caller, carried.organisation, caller=caller))["roles"]
        for caller in (CUSTOMER, AGENT, LEAD, ADMIN, AUDITOR, RIVAL)
    }
    assert list(roles.values()) == [["customer"], ["agent"], ["lead", "triage"], ["admin"], ["auditor"], []]
    page = ok(
        users.query("list_members", {"organisation": carried.organisation, "cursor": None, "limit": None}, caller=ADMIN)
    )
    assert len(page["members"]) == 6
    assert {member["joined_by"] for member in page["members"]} in ({None}, {"admin"})
    assert [member["teams"] for member in page["members"] if "lead" in member["roles"]] == [[2]]
    assert len(ok(users.query("my_identities", caller=AGENT))["identities"]) == 1


def test_every_ticket_is_there_with_its_proof_and_history(carried: Carried) -> None:
    tickets = [ok(carried.shard.query("get_ticket", carried.first + n, caller=AGENT)) for n in range(TICKETS)]
    assert [ticket["summary"]["subject"] for ticket in tickets[1:]] == [f"Ticket {n}" for n in range(1, TICKETS)]
    assert all(ticket["body"] == "long " * (n * 7) for n, ticket in enumerate(tickets) if n)
    assert [n for n, ticket in enumerate(tickets) if ticket["summary"]["status"] == "open"] == [*range(4, TICKETS, 4)]
    assert sum(ticket["summary"]["comments"] for ticket in tickets) == len(range(3, TICKETS, 3)) + (
        carried.told is not None
    )
    for number in (0, 1, 15, 16, 17, 198, 199):
        assert proved(carried, carried.first + number)


def test_the_history_goes_on_from_what_was_there(carried: Carried) -> None:
    before = history(carried)
    ok(carried.shard.update("add_comment", carried.platform.comment(carried.first + 8), caller=AGENT))
    after = history(carried)
    assert len(before) >= TICKETS
    assert after[:-1] == before
    assert after[-1]["hash"] == carried.shard.query("audit_head")["head"]
    parent = None
    for event in after:
        assert event["parent"] == parent
        parent = event["hash"]
        assert event["block"] is None or block_hash(event["block"], event["parent"]) == parent
    assert proved(carried, carried.first + 8)


def test_a_call_of_before_is_answered_as_it_was_then(carried: Carried) -> None:
    if carried.told is None:
        pytest.skip("this state tells no call")
    method, request, answer = carried.told
    before = history(carried)
    assert ok(carried.shard.update(method, request, caller=AGENT)) == answer
    assert code(carried.shard.update(method, request | {"body": "Twice"}, caller=AGENT)) == 204
    assert history(carried) == before


def test_lists_and_changes_go_on(carried: Carried) -> None:
    platform, shard = carried.platform, carried.shard
    page = ok(shard.query("list_tickets", listing(carried.organisation, status="open", limit=50), caller=AGENT))
    assert len(page["tickets"]) == len(range(4, TICKETS, 4))
    assert ok(shard.query("list_tickets", listing(carried.organisation, team=1, limit=50), caller=AGENT))["tickets"]
    ok(shard.update("add_comment", platform.comment(carried.first + 4), caller=AGENT))
    receipt = ok(shard.update("create_ticket", platform.new_ticket(carried.organisation, team=2), caller=LEAD))
    assert receipt["ticket"] == carried.first + TICKETS


def test_what_is_new_works_for_people_of_before(carried: Carried) -> None:
    platform, users, organisation = carried.platform, carried.platform.users, carried.organisation
    of = {"organisation": organisation}
    assert code(users.update("leave", platform.token() | of, caller=ADMIN)) == 310
    assert len(ok(users.update("roster", organisation, caller=carried.shard.id))["members"]) == 3
    invitation = {"digest": digest(), "expires": platform.now() + DAY, "roles": ["triage"], "teams": [], "email": None}
    ok(users.update("create_invitation", platform.token() | of | invitation, caller=ADMIN))
    accepted = {"code": CODE, "name": "New", "language": None}
    ok(users.update("accept_invitation", platform.token() | of | accepted, caller=NEWCOMER))
    link = {"digest": digest("another-code-for-linking"), "expires": platform.now() + 10**10, "label": "phone"}
    who = ok(users.update("begin_link", platform.token() | link, caller=AGENT))
    confirmed = {"person": who, "code": "another-code-for-linking"}
    ok(users.update("confirm_identity", platform.token() | confirmed, caller=OTHER_KEY))
    ok(users.update("delete_role", platform.token() | of | {"name": "triage"}, caller=ADMIN))
    assert ok(users.query("grants", LEAD, organisation, caller=LEAD))["roles"] == ["lead"]
    assert code(carried.shard.update("open_session", organisation, caller=NEWCOMER)) == 300


def test_the_index_routes_and_places_as_before(carried: Carried) -> None:
    index = carried.platform.index
    assert ok(index.query("get_ticket", carried.first + 1, caller=AGENT))["summary"]["subject"] == "Ticket 1"
    placed = ok(carried.platform.place(carried.organisation, AGENT))
    assert [place["canister"] for place in placed["shards"]] == [carried.shard.id]
