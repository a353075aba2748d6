"""Answers as values: the domain's refusals become `Err`, everything else `Ok`."""

from collections.abc import Callable, Generator, Iterable
from typing import Any

from vex_domain.refusals import Refusal, Unavailable

Steps = Generator[Any, Any, Any]


def answer(work: Callable[[], Any]) -> Any:
    """What `work` returns as `Ok`, its refusal as `Err`."""
    try:
        return {"Ok": work()}
    except Refusal as refusal:
        return {"Err": refusal.as_record()}


def answer_later(steps: Steps) -> Steps:
    """As `answer`, for work that awaits."""
    try:
        value = yield from steps
    except Refusal as refusal:
        return {"Err": refusal.as_record()}
    return {"Ok": value}


def reply_of(call: Any, whom: str) -> Steps:
    """Await a call; returns the reply. Raises Unavailable when it was rejected, naming `whom`."""
    result = yield call
    if result.Err is not None:
        raise Unavailable(whom + " did not answer: " + result.Err)
    return result.Ok


def ok_of(call: Any, whom: str) -> Steps:
    """Await a call that answers Ok or Err; returns what is in `Ok`. Raises Unavailable, or the same refusal again."""
    reply = yield from reply_of(call, whom)
    if "Ok" in reply:
        return reply["Ok"]
    raise ForeignRefusal(reply["Err"])


def all_of(works: Iterable[Steps]) -> Steps:
    """Await each of these in turn; one that is refused holds up no other. Raises the last refusal."""
    failed = None
    for work in works:
        try:
            yield from work
        except Refusal as refusal:
            failed = refusal
    if failed is not None:
        raise failed


class ForeignRefusal(Refusal):
    """Another canister's `Error`, passed on as it came."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__(record["message"], record["detail"])
        self.code = record["code"]
