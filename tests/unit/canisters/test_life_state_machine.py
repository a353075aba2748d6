"""A ticket against an obvious model of its life: whatever is done in whatever order, both say the same."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support.desk import Desk
from support.life import POLICY, WORKFLOW, field, life, with_claims
from support.native_platform import NativePlatform
from support.platform import AGENT, CUSTOMER, ok

STATES = ["received", "checking", "waiting", "settled", "filed"]
DESKS: list[Desk] = []


def ways() -> dict[tuple[str, str, str], list[str]]:
    """(who, from, to) -> required fields, straight from the document."""
    found = {}
    for way in WORKFLOW["workflows"][0]["transitions"]:
        sources = way["from"] if isinstance(way["from"], list) else [way["from"]]
        for source in sources:
            found[way.get("who", "agent"), source, way["to"]] = way.get("required", [])
    return found


WAYS = ways()
NEEDED = {"received": ["policy"], "waiting": ["seen"]}


class Life(RuleBasedStateMachine):
    """One claim of CUSTOMER, changed by its requester and an agent."""

    @initialize()
    def begin(self) -> None:
        if not DESKS:
            DESKS.append(with_claims(Desk(NativePlatform(), capacity=512, lease_length=512)))
        self.desk = DESKS[0]
        self.ticket = self.desk.created(CUSTOMER, kind="claim", fields=[POLICY])
        self.status, self.version, self.comments = "received", 1, list[list[str]]()
        self.values = {"policy": "AB123456"}
        self.assignee = False

    def update(self, caller: Any, **change: Any) -> int | None:
        """The error's code, None when it was done."""
        request = self.desk.platform.change(self.ticket, self.version) | change
        answer = self.desk.shard.update("update_ticket", request, caller=caller)
        if "Ok" in answer:
            self.version += 1
            assert answer["Ok"]["version"] == self.version
            return None
        return int(answer["Err"]["code"])

    def refusal(self, who: str, target: str) -> int | None:
        """What the model says of a move."""
        if self.status == "filed":
            return 200
        allowed = {
            actor: fields for (actor, source, to), fields in WAYS.items() if (source, to) == (self.status, target)
        }
        if not allowed:
            return 200
        if who == "agent":
            allowed = {"agent": allowed["agent"]} if "agent" in allowed else {}
        else:
            allowed = {"requester": allowed["requester"]} if "requester" in allowed else {}
        if not allowed:
            return 101
        filled = {*self.values, *(["assignee"] if self.assignee else [])}
        needed = [*next(iter(allowed.values())), *NEEDED.get(target, [])]
        return None if filled.issuperset(needed) else 210

    @rule(who=st.sampled_from(["agent", "requester"]), goal=st.sampled_from(STATES))
    def move(self, who: str, goal: str) -> None:
        if goal == self.status:
            return
        expected = self.refusal(who, goal)
        assert self.update(AGENT if who == "agent" else CUSTOMER, status=goal) == expected
        if expected is None:
            self.status = goal

    @rule(word=st.sampled_from(["amount", "seen"]), present=st.booleans())
    def set_field(self, word: str, present: bool) -> None:
        content = {"amount": ("Number", "5.00"), "seen": ("Date", "2026-03-01")}[word]
        entry = field(word, *content) if present else field(word, "Empty", None)
        kept = present or word not in NEEDED.get(self.status, [])
        expected = 200 if self.status == "filed" else None if kept else 210
        assert self.update(AGENT, fields=[entry]) == expected
        if expected is None:
            self.values.pop(word, None)
            self.values.update({word: content[1]} if present else {})

    @rule(assign=st.booleans())
    def set_assignee(self, assign: bool) -> None:
        expected = 200 if self.status == "filed" else None
        assert self.update(AGENT, assignee=self.desk.people["agent"] if assign else 0) == expected
        self.assignee = self.assignee if expected else assign

    @rule(body=st.text(alphabet="ab\u00e9", min_size=1, max_size=5))
    def comment(self, body: str) -> None:
        request = self.desk.platform.comment(self.ticket, body)
        ok(self.desk.shard.update("add_comment", request, caller=CUSTOMER))
        self.version += 1
        self.comments.append([body])

    @rule(body=st.text(alphabet="cd\u00e9", min_size=1, max_size=5))
    def edit(self, body: str) -> None:
        if not self.comments:
            return
        number = len(self.comments)
        request = {**self.desk.platform.token(), "ticket": self.ticket, "comment": number, "body": body}
        answer = self.desk.shard.update("edit_comment", request, caller=CUSTOMER)
        refused = self.status == "filed" or self.comments[-1][-1] == body
        assert ("Err" in answer) == refused
        if not refused:
            self.version += 1
            self.comments[-1].append(body)

    @rule()
    def upgrade(self) -> None:
        self.desk.shard.upgrade()

    @invariant()
    def the_ticket_is_what_the_model_says(self) -> None:
        if not hasattr(self, "desk"):
            return
        shown = life(self.desk, self.ticket, AGENT)
        assert (shown["status"], shown["version"]) == (self.status, self.version)
        assert {word: next(iter(value.values())) for word, value in shown["fields"].items()} == self.values
        expected = [to for (who, source, to) in WAYS if who == "agent" and source == self.status]
        assert shown["moves"] == expected
        request = {"ticket": self.ticket, "cursor": None, "limit": 50}
        listed = ok(self.desk.shard.query("list_comments", request, caller=CUSTOMER))["comments"]
        assert [comment["body"] for comment in listed] == [versions[-1] for versions in self.comments]
        assert [comment["revisions"] or 0 for comment in listed] == [len(versions) - 1 for versions in self.comments]


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
