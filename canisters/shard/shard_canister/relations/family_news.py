"""A child tells its parent whether it is settled: at once at the same shard, by way of the index at another one."""

from typing import Any

from kybra import Principal, ic

from shard_canister.shard_fleet import require_index
from shard_canister.tickets.ticket_parts import Relations, relations
from vex_canister.answers import Steps, all_of, ok_of
from vex_canister.peer_services import IndexPeer
from vex_canister.timed_work import run_later
from vex_domain.refusals import NotFound
from vex_domain.relations.relation_rules import of_kind, told

NEWS_AGAIN_SECONDS = 10


def note_settled(env: Any, work: Any) -> None:
    """A consequence: a ticket that was settled or taken up again tells its parent, if it has one."""
    before, life = work.before, work.rules.workflow
    if before is None or before["status"] == work.header["status"]:
        return
    if life.is_settled(before["status"]) == life.is_settled(work.header["status"]):
        return
    for relation in of_kind(relations(env, work).all, "parent"):
        tell_parent(env, work, relation["other"])


def tell_parent(env: Any, work: Any, parent: int) -> None:
    """Tell one parent how the child will be once the work is committed."""
    news = {
        "organisation": work.header["organisation"],
        "parent": parent,
        "open": not work.rules.workflow.is_settled(work.header["status"]),
        "version": work.header["version"] + 1,
    }
    if env.start <= parent < env.start + env.count:
        _take(env, work.id, news)
        return
    env.keep_exceptions()
    env.stores.news.insert(work.id, news)
    tell_soon(env)


def tell_soon(env: Any) -> None:
    """Let a timer of its own message tell the index what parents elsewhere do not know yet."""
    run_later(env, "child_news", tell_all, again_after=NEWS_AGAIN_SECONDS)


def tell_all(env: Any) -> Steps:
    """Tell everything that is waiting; a parent that does not hear holds up no other.

    Raises the last refusal: Unavailable, and what the index or the parent's shard says.
    """
    yield from all_of(_tell(env, child) for child in list(env.stores.news.keys()))


def _tell(env: Any, child: int) -> Steps:
    news = env.stores.news.get(child)
    if news is None:
        return
    message = dict(news)
    message["child"] = child
    index = IndexPeer(Principal(env.settings["index"]))
    yield from ok_of(index.relay_child_news(message), "the index")
    if env.stores.news.get(child) == news:
        env.stores.news.remove(child)


def hear(env: Any, news: dict[str, Any]) -> None:
    """Take what a child elsewhere says of itself. Callers: index. Raises Forbidden, NotFound."""
    require_index(env, ic.caller())
    header = env.stores.tickets.get(news["parent"])
    if header is None or header["organisation"] != news["organisation"]:
        raise NotFound("ticket")
    _take(env, news["child"], news)


def _take(env: Any, child: int, news: dict[str, Any]) -> None:
    part = Relations.load(env, news["parent"])
    before = [dict(relation) for relation in part.all]
    told(part.all, child, is_open=news["open"], version=news["version"])
    if part.all != before:
        part.store(env, news["parent"])
