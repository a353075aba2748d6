"""What a new version of the workflow takes away: no ticket may be there when it comes into force."""

from vex_domain.workflow.workflow_model import TicketLife


def check_edit(old: TicketLife, new: TicketLife) -> list[tuple[str, str]]:
    """The (kind, state) in which no ticket may be: gone from the kind's workflow, or of another category now.

    Whoever applies the edit asks the shards for tickets there and refuses it with StateInUse.
    """
    return [(kind, state) for kind, state in old.standings() if not _stays(old, new, kind, state)]


def _stays(old: TicketLife, new: TicketLife, kind: str, state: str) -> bool:
    if kind not in new.kinds or state not in new.workflow_of(kind).states:
        return False
    return old.category(state) == new.category(state)
