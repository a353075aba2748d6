"""Relations of tickets at two shards: both tickets are changed or neither, whatever fails in between."""

from typing import Any

import pytest

from support.desk import Desk
from support.files import filled, finishing
from support.life import life
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, ANONYMOUS, CUSTOMER, LEAD, OPERATOR, OTHER_ADMIN, RIVAL, code, ok


class TwoShards(Desk):
    """A desk whose organisation has tickets at two shards: `ticket` and `near` at the first, `far` at the second."""

    def __init__(self) -> None:
        super().__init__(NativePlatform(), capacity=256, lease_length=256)
        self.near = self.created(CUSTOMER)
        platform = self.platform
        ok(platform.index.update("spawn_shard", platform.token(), caller=OPERATOR))
        platform.spawned()
        self.second: Any = platform.shard(platform.shard_infos()[1]["canister"])
        ok(self.second.update("open_organisation", self.organisation, caller=platform.index.id))
        self.first = self.shard

    def far_ticket(self, **changed: Any) -> int:
        request = self.platform.new_ticket(self.organisation, **changed)
        return int(ok(self.second.update("create_ticket", request, caller=CUSTOMER))["ticket"])

    def relate(self, change: str, kind: str, first: int, second: int, caller: Any = AGENT) -> Any:
        request = {"change": change, "kind": kind, "first": first, "second": second}
        return self.platform.index.update("relate_tickets", {**self.platform.token(), **request}, caller=caller)

    def at(self, ticket: int) -> Any:
        return self.second if ticket >= self.platform.shard_infos()[1]["start"] else self.first

    def life(self, ticket: int) -> dict[str, Any]:
        self.shard = self.at(ticket)
        shown = life(self, ticket, AGENT)
        self.shard = self.first
        return shown

    def kinds(self, ticket: int) -> list[tuple[str, int]]:
        return [(relation["kind"], relation["other"]) for relation in self.life(ticket)["relations"]]

    def moved(self, ticket: int, status: str) -> Any:
        change = self.platform.change(ticket, self.life(ticket)["version"], status=status)
        return self.at(ticket).update("update_ticket", change, caller=AGENT)

    def unlocked(self) -> bool:
        locks = [shard.module("shard_canister.shard_stores").shard_locks for shard in (self.first, self.second)]
        sagas = self.platform.index.module("index_canister.index_stores").index_sagas
        return sum(store.len() for store in (*locks, sagas)) == 0


@pytest.fixture(scope="module")
def pair() -> TwoShards:
    return TwoShards()


def test_a_link_stands_at_both_tickets_until_it_is_taken_away(pair: TwoShards) -> None:
    far = pair.far_ticket()
    assert ok(pair.relate("link", "blocks", pair.ticket, far))["done"]
    assert (pair.kinds(pair.ticket), pair.kinds(far)) == ([("blocks", far)], [("blocked_by", pair.ticket)])
    assert code(pair.relate("link", "blocks", pair.ticket, far)) == 200
    assert code(pair.relate("link", "blocked_by", far, pair.ticket)) == 200
    assert ok(pair.relate("unlink", "blocked_by", far, pair.ticket))["done"]
    assert (pair.kinds(pair.ticket), pair.kinds(far)) == ([], [])
    assert code(pair.relate("unlink", "blocks", pair.ticket, far)) == 200
    assert pair.unlocked()


def test_a_parent_waits_for_a_child_at_another_shard(pair: TwoShards) -> None:
    child, parent = pair.far_ticket(), pair.created(CUSTOMER)
    ok(pair.relate("link", "parent", child, parent))
    assert code(pair.moved(parent, "solved")) == 212
    ok(pair.moved(child, "solved"))
    pair.platform.advance(1)
    assert not pair.life(parent)["relations"][0]["open"]
    ok(pair.moved(child, "open"))
    pair.second.upgrade()
    pair.platform.advance(1)
    assert code(pair.moved(parent, "solved")) == 212
    ok(pair.relate("unlink", "parent", child, parent))
    ok(pair.moved(parent, "solved"))


def test_a_parent_that_cannot_hear_holds_up_no_other(pair: TwoShards) -> None:
    child, parent = pair.far_ticket(), pair.created(CUSTOMER)
    ok(pair.relate("link", "parent", child, parent))
    news = pair.second.module("shard_canister.shard_stores").shard_news
    lost = {"organisation": pair.organisation, "parent": 10**9, "open": False, "version": 9}
    news.insert(child - 1, lost)
    ok(pair.moved(child, "solved"))
    pair.platform.advance(1)
    assert not pair.life(parent)["relations"][0]["open"]
    assert news.keys() == [child - 1]
    news.remove(child - 1)


def test_an_erasure_that_waits_for_a_merge_lets_others_pass() -> None:
    pair = TwoShards()
    source, target = pair.far_ticket(), pair.created(CUSTOMER)
    own = int(ok(pair.first.update("create_ticket", pair.platform.new_ticket(pair.rival), caller=RIVAL))["ticket"])
    break_once(pair, "copy", after=True)
    ok(pair.relate("merge", "merged_into", source, target))
    pair.second.stop()
    for organisation, person, admin in (
        (pair.organisation, pair.people["customer"], ADMIN),
        (pair.rival, pair.people["rival"], OTHER_ADMIN),
    ):
        order = {**pair.platform.token(), "organisation": organisation, "person": person}
        ok(pair.platform.index.update("erase_person", order, caller=admin))
        pair.platform.advance(1)
    pair.platform.advance(30)
    header = pair.first.module("shard_canister.shard_stores").shard_tickets.get(own)
    pair.second.start()
    pair.platform.advance(120)
    assert header["subject"] == "[erased]"
    assert pair.unlocked()


def test_a_merge_closes_the_source_and_carries_its_comments_marked(pair: TwoShards) -> None:
    source, target = pair.far_ticket(body="first words " * 300), pair.created(CUSTOMER)
    platform = pair.platform
    for internal in (False, True):
        ok(
            pair.second.update(
                "add_comment", platform.comment(source, f"note {internal}", internal=internal), caller=AGENT
            )
        )
    ok(pair.first.update("add_comment", platform.comment(target, "already here"), caller=CUSTOMER))
    assert ok(pair.relate("merge", "merged_into", source, target))["done"]
    shown = pair.life(source)
    assert (shown["status"], shown["merged_into"]) == ("closed", target)
    listed = ok(pair.first.query("list_comments", {"ticket": target, "cursor": None, "limit": None}, caller=AGENT))
    assert [(comment["body"], comment["internal"]) for comment in listed["comments"]] == [
        ("already here", False),
        ("first words " * 300, False),
        ("note False", False),
        ("note True", True),
    ]
    assert [comment["origin"] for comment in listed["comments"]] == [
        None,
        *({"ticket": source, "number": number} for number in range(3)),
    ]
    assert listed["comments"][1]["author"] == pair.people["customer"]
    assert pair.kinds(target) == [("merged_from", source)]
    assert pair.unlocked()
    assert code(pair.relate("merge", "merged_into", source, target)) == 200


def test_a_refusal_of_either_side_leaves_no_trace(pair: TwoShards) -> None:
    far = pair.far_ticket()
    before = pair.life(pair.near), pair.life(far)
    assert code(pair.relate("link", "relates", pair.near, far, RIVAL)) == 300
    assert code(pair.relate("link", "relates", pair.near, far, CUSTOMER)) == 101
    assert code(pair.relate("link", "relates", pair.near, far, ANONYMOUS)) == 100
    assert code(pair.relate("link", "relates", pair.near, pair.near)) == 200
    assert code(pair.relate("link", "child", pair.near, far)) == 200
    assert code(pair.relate("merge", "relates", pair.near, far)) == 200
    assert code(pair.relate("marry", "relates", pair.near, far)) == 200
    assert code(pair.relate("link", "relates", pair.near, 10**9)) == 300
    assert code(pair.relate("link", "relates", 10**9, far)) == 300
    assert code(pair.relate("link", "relates", pair.near, far + 200)) == 300
    ok(pair.moved(far, "solved"))
    ok(pair.moved(far, "closed"))
    assert code(pair.relate("merge", "merged_into", pair.near, far)) == 200
    assert pair.life(pair.near) == before[0]
    assert pair.unlocked()


def break_once(pair: TwoShards, step: str, *, after: bool) -> None:
    """Have a step of the index's sagas fail once: before anything was sent, or with its reply lost."""
    relating = pair.platform.index.module("index_canister.relating")
    sound = relating.STEPS[step]

    def broken(env: Any, number: int, record: dict[str, Any]) -> Any:
        relating.STEPS[step] = sound
        if after:
            yield from sound(env, number, record)
        raise relating.Unavailable("injected")

    relating.STEPS[step] = broken


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["prepare_first", "prepare_second", "copy", "apply_second", "apply_first"])
def test_a_merge_goes_on_after_a_fault_and_an_upgrade_in_any_step(pair: TwoShards, step: str, after: bool) -> None:
    source, target = pair.far_ticket(), pair.created(CUSTOMER)
    break_once(pair, step, after=after)
    receipt = ok(pair.relate("merge", "merged_into", source, target))
    assert (receipt["done"], receipt["step"]) == (False, step)
    if step == "copy":
        comment = pair.platform.comment(target)
        assert code(pair.first.update("add_comment", comment, caller=AGENT)) == 305
        assert code(pair.moved(source, "open")) == 305
        assert code(pair.relate("link", "relates", source, pair.near)) == 305
    pair.platform.index.upgrade()
    pair.first.upgrade()
    pair.platform.advance(6)
    assert pair.life(source)["merged_into"] == target
    listed = ok(pair.first.query("list_comments", {"ticket": target, "cursor": None, "limit": None}, caller=AGENT))
    assert len(listed["comments"]) == 1
    assert pair.kinds(target) == [("merged_from", source)]
    assert pair.unlocked()


def test_while_a_merge_is_on_no_rating_and_no_file_comes_between_its_comments(pair: TwoShards) -> None:
    source, target = pair.far_ticket(body="carried words"), pair.created(CUSTOMER)
    upload = filled(pair, ticket=target)
    ok(pair.moved(target, "solved"))
    break_once(pair, "copy", after=True)
    assert not ok(pair.relate("merge", "merged_into", source, target))["done"]
    rating = {**pair.platform.token(), "ticket": target, "score": 5, "comment": "fine " * 20}
    assert code(pair.first.update("answer_survey", rating, caller=CUSTOMER)) == 305
    assert code(pair.first.update("finish_upload", finishing(pair, upload), caller=CUSTOMER)) == 305
    pair.platform.advance(6)
    listed = ok(pair.first.query("list_comments", {"ticket": target, "cursor": None, "limit": None}, caller=AGENT))
    assert [comment["body"] for comment in listed["comments"]] == ["carried words"]
    ok(pair.first.update("finish_upload", finishing(pair, upload), caller=CUSTOMER))
    ok(pair.first.update("answer_survey", {**rating, **pair.platform.token()}, caller=CUSTOMER))


@pytest.mark.parametrize("step", ["cancel_first", "cancel_second"])
def test_a_refused_merge_is_undone_after_a_fault_too(pair: TwoShards, step: str) -> None:
    source, target = pair.far_ticket(), pair.created(CUSTOMER)
    for status in ("solved", "closed"):
        ok(pair.moved(target, status))
    before = pair.life(source)
    break_once(pair, step, after=False)
    assert ok(pair.relate("merge", "merged_into", source, target))["step"] == step
    pair.platform.index.upgrade()
    pair.platform.advance(6)
    assert pair.life(source) == before
    assert pair.unlocked()


def test_a_stopped_shard_only_delays_a_link_and_a_repeat_tells_how_far_it_is(pair: TwoShards) -> None:
    far, platform = pair.far_ticket(), pair.platform
    request = {**platform.token(), "change": "link", "kind": "relates", "first": pair.near, "second": far}
    pair.second.stop()
    assert ok(platform.index.update("relate_tickets", request, caller=AGENT))["step"] == "prepare_second"
    pair.second.start()
    assert ok(platform.index.update("relate_tickets", request, caller=AGENT))["done"]
    assert ok(platform.index.update("relate_tickets", request, caller=AGENT))["done"]
    assert pair.kinds(far) == [("relates", pair.near)]
    assert code(platform.index.update("relate_tickets", request | {"kind": "blocks"}, caller=AGENT)) == 204


def test_only_the_index_leads_and_only_a_childs_shard_brings_news(pair: TwoShards) -> None:
    step = {"saga": 1, "change": "link", "kind": "relates", "organisation": 0, "ticket": pair.near, "other": 5}
    step |= {"open": True, "version": 1, "comments": 0, "pages": 0}
    shard = pair.first
    assert code(shard.update("prepare_relation", AGENT, step, caller=AGENT)) == 101
    assert code(shard.update("apply_relation", step, caller=ADMIN)) == 101
    assert code(shard.update("cancel_relation", step, caller=ADMIN)) == 101
    assert code(shard.update("ask_comments", {"saga": 1, "ticket": pair.near, "first": 0}, caller=LEAD)) == 101
    taken = {"saga": 1, "ticket": pair.near, "origin": 5, "comments": []}
    assert code(shard.update("take_comments", taken, caller=LEAD)) == 101
    news = {"organisation": pair.organisation, "parent": pair.near, "child": pair.ticket, "open": False, "version": 9}
    assert code(shard.update("note_child", news, caller=LEAD)) == 101
    assert code(pair.platform.index.update("relay_child_news", news, caller=LEAD)) == 101
    nothing = {"organisation": pair.organisation, "version": 1, "kinds": [], "states": []}
    assert code(shard.update("retire_standings", nothing, caller=ADMIN)) == 101
