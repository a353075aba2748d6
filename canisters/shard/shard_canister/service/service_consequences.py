"""Triggers and outbox as consequences of a change, and who has how many open tickets."""

import json
from typing import Any

from shard_canister.service.assigning import give
from shard_canister.service.ticket_actions import do
from shard_canister.service.ticket_facts_view import facts_of, happened, is_settled
from vex_domain.triggers.actions import NOTIFY
from vex_domain.triggers.trigger_rules import pull

DETAIL_BYTES = 480


def pull_triggers(env: Any, work: Any) -> None:
    """Run the organisation's triggers; a team that they set may give the ticket to somebody."""
    triggers = work.rules.triggers.in_order
    if not triggers:
        return
    team = work.header["team"]
    facts = facts_of(env, work)
    facts.events = happened(work)

    def carry_out(actions: list[Any]) -> bool:
        changed = do(env, work, actions)
        facts.events = happened(work)
        return changed

    ran = pull(triggers, facts, carry_out)
    if ran:
        work.change["triggers"] = ran
    if work.header["team"] != team:
        give(env, work)


class OutboxPart:
    """The part `outbox`: what is told of a change, written with it."""

    __slots__ = ("_events", "_work")

    def __init__(self, work: Any, events: list[dict[str, Any]]) -> None:
        self._work = work
        self._events = events

    def store(self, env: Any, ticket_id: int) -> None:
        """Append to the organisation's outbox."""
        header = self._work.header
        opening = env.opened[header["organisation"]]
        for event in self._events:
            detail = {name: value for name, value in event.items() if name != "kind"}
            env.service.outbox.append(
                opening,
                {
                    "kind": event["kind"],
                    "at": self._work.now,
                    "ticket": ticket_id,
                    "version": header["version"],
                    "detail": _written(detail),
                },
            )


def _written(detail: dict[str, Any]) -> str:
    text = json.dumps(detail, separators=(",", ":"), sort_keys=True, default=str)
    return text if len(text.encode()) <= DETAIL_BYTES else "{}"


def tell(_env: Any, work: Any) -> None:
    """Put into the outbox what the organisation asked to be told, and every notification."""
    told = work.rules.triggers.told
    events = [event for event in work.events if event["kind"] == NOTIFY or event["kind"] in told]
    if told:
        named = [event["kind"] for event in work.events]
        events += [{"kind": name} for name in dict.fromkeys(happened(work)) if name in told and name not in named]
    if events:
        work.parts["outbox"] = OutboxPart(work, events)
        work.touch("outbox")


def count_loads(env: Any, work: Any) -> None:
    """Keep up who has how many open tickets."""
    header, before = work.header, work.before
    organisation = header["organisation"]
    if before is not None and before["assignee"] is not None and not is_settled(work, before):
        env.service.count_load(organisation, before["assignee"], -1)
    if header["assignee"] is not None and not is_settled(work, header):
        env.service.count_load(organisation, header["assignee"], 1)
