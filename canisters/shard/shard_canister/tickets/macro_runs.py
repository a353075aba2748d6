"""Running a macro on a ticket, and showing beforehand what it would change."""

from typing import Any

from shard_canister.comments.comment_writing import write_comment
from shard_canister.tickets.ticket_parts import field_values
from shard_canister.tickets.ticket_updates import CHANGED, change_ticket
from shard_canister.tickets.ticket_work import TicketWork, commit, require_changeable, work_on
from vex_domain import audit_chain, permissions
from vex_domain.access import Access
from vex_domain.macros.macro_definitions import Macro
from vex_domain.macros.macro_effects import as_text, macro_change, macro_comment, placeholder_values
from vex_domain.refusals import Conflict, NotFound, Refusal
from vex_domain.ticket_rules import check_comment

_SHOWN = ("status", "priority", "kind", "team", "assignee", "tags")


def run(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Make a macro's changes and write its comment, all or nothing.

    Raises NotFound, Conflict, and what `change_ticket` and comments raise.
    """
    work = work_on(env, access, request["ticket"])
    macro = _macro(work, request["macro"])
    if request["version"] != work.header["version"]:
        raise Conflict(work.header["version"])
    require_changeable(env, work)
    comment = _comment(env, work, macro)
    change = _change(work, macro)
    if change is not None:
        change_ticket(env, work, change)
    number = 0
    if comment is not None:
        access.require_comment(work.header["requester"], macro.internal)
        number = write_comment(env, work, check_comment({"body": comment}), internal=macro.internal)
    work.change["macro"] = macro.id
    kind = audit_chain.UPDATED
    if change is None:
        kind = audit_chain.NOTED if macro.internal else audit_chain.COMMENTED
    event = commit(env, work, kind)
    return [work.id, work.header["version"], number, event]


def _macro(work: TicketWork, word: str) -> Macro:
    work.access.require(permissions.TICKET_UPDATE)
    macro: Macro | None = work.rules.macros.get(word)
    if macro is None:
        raise NotFound("macro")
    return macro


def _change(work: TicketWork, macro: Macro) -> dict[str, Any] | None:
    change = macro_change(macro, work.header, work.access.person)
    change.update({"follow": None, "unfollow": None})
    return None if all(change[field] is None for field in CHANGED) else change


def _comment(env: Any, work: TicketWork, macro: Macro) -> str | None:
    if not macro.comment:
        return None
    values = placeholder_values(work.id, work.header, field_values(env, work).values, work.access.person)
    return macro_comment(macro, work.rules.languages.for_person(work.header["language"]), values)


def preview(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `MacroPreview`: the macro made on a copy of the ticket, which is then forgotten. Raises NotFound."""
    work = work_on(env, access, request["ticket"])
    macro = _macro(work, request["macro"])
    comment = _comment(env, work, macro)
    values = dict(field_values(env, work).values)
    change, refusal = _change(work, macro), None
    try:
        if change is not None:
            change_ticket(env, work, change)
        if comment is not None:
            check_comment({"body": comment})
    except Refusal as met:
        refusal = met.as_record()
    return {
        "version": work.header["version"],
        "changes": _differences(env, work, values),
        "comment": comment,
        "internal": macro.internal,
        "refusal": refusal,
    }


def _differences(env: Any, work: TicketWork, values: dict[str, Any]) -> list[dict[str, str]]:
    before, after = work.before or {}, work.header
    shown = [(field, _shown(before[field]), _shown(after[field])) for field in _SHOWN]
    now = field_values(env, work).values
    shown += [
        ("fields." + word, _of_value(values.get(word)), _of_value(now.get(word))) for word in sorted({*values, *now})
    ]
    return [{"field": field, "before": old, "after": new} for field, old, new in shown if old != new]


def _shown(content: Any) -> str:
    return "" if content is None else as_text(content)


def _of_value(value: dict[str, Any] | None) -> str:
    return "" if value is None else as_text(next(iter(value.values())))
