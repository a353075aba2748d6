"""Events of the outbox in words: what a deliverer writes to people, in their language."""

from collections.abc import Sequence

from vex.models import TicketSummary
from vex.outbox import Delivery
from vex_domain.texts.languages import Rendered, render
from vex_domain.texts.notifications import NOTIFICATIONS

__all__ = ["notification"]


def notification(delivery: Delivery, ticket: TicketSummary, languages: Sequence[str | None] = ()) -> Rendered | None:
    """A line about an event, or None for a kind that people are not told of.

    The reader's languages come first, the dearest first; then the ticket's, then what the catalogue falls back to.
    """
    texts = NOTIFICATIONS.get(delivery.kind)
    if texts is None:
        return None
    values = {"ticket": ticket.id, "subject": ticket.subject, "metric": delivery.detail.get("metric", "")}
    return render(texts, [*languages, ticket.language], values)
