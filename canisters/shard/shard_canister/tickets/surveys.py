"""Answering a ticket's satisfaction survey, and reading the answer."""

from typing import Any

from shard_canister.privacy.text_wiping import wipe_pages
from shard_canister.tickets.ticket_views import text_of
from shard_canister.tickets.ticket_work import commit, visible_ticket, work_on
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.digests import digest
from vex_domain.refusals import Forbidden, Held, NotFound
from vex_domain.surveys.survey_rules import check_answer


def answer(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Answer the survey or change the answer. Callers: the requester.

    Raises NotFound, Forbidden, Held, Invalid (not open, over), TooLarge, Full, Underway.
    """
    work = work_on(env, access, request["ticket"])
    if work.header["requester"] != access.person:
        raise Forbidden("survey.answer_own")
    access.require_comment(access.person, internal=False)
    env.locks.require_free(work.id)
    check_answer(request["score"], request["comment"])
    former = env.stores.surveys.get(work.id)
    answered_at = None if former is None else former["answered_at"]
    work.rules.survey.check_open(work.header["solved_at"], answered_at, work.now)
    body = b"" if request["comment"] is None else request["comment"].encode()
    if former is not None and env.privacy.holds.stops_ticket(access.organisation, work.id, access.person):
        raise Held
    first, pages = work.append_text(body)
    if former is not None:
        wipe_pages(env, work.id, former["first_page"], former["pages"])
    survey = {"person": access.person, "score": request["score"], "first_page": first, "pages": pages}
    survey.update({"answered_at": work.now if answered_at is None else answered_at, "changed_at": work.now})
    env.stores.surveys.insert(work.id, survey)
    work.change["score"] = request["score"]
    work.change["comment"] = digest(body)
    replaced = None if former is None else former["score"]
    work.events.append({"kind": "survey", "rating": request["score"], "former": replaced})
    work.events.append({"kind": "surveyed", "rating": request["score"]})
    event = commit(env, work, audit_chain.SURVEYED)
    return [work.id, work.header["version"], 0, event]


def one(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `Survey`. Raises NotFound."""
    ticket = request["ticket"]
    visible_ticket(env, access, ticket)
    survey = env.stores.surveys.get(ticket)
    if survey is None:
        raise NotFound("survey")
    shown = {field: survey[field] for field in ("person", "score", "answered_at", "changed_at")}
    shown["ticket"] = ticket
    shown["comment"] = text_of(env.stores.pages, ticket, survey["first_page"], survey["pages"]) or None
    return shown
