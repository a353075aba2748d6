"""The section `privacy` of an organisation's configuration: how long closed tickets are kept."""

from typing import Any

from vex_domain.time_units import DAY_NS

DAYS_MOST = 36_500
DEFAULT_PRIVACY: dict[str, Any] = {"keep_closed_days": None}


class PrivacySettings:
    """`keep_closed_ns`: how long after it was solved a closed ticket keeps its texts; None: for ever."""

    __slots__ = ("keep_closed_ns",)

    def __init__(self, keep_closed_days: int | None) -> None:
        self.keep_closed_ns = None if keep_closed_days is None else keep_closed_days * DAY_NS

    def is_over(self, is_closed: bool, changed_at: int, now: int) -> bool:
        """Whether a ticket that last changed at `changed_at` (ns) is to be erased at `now`."""
        return self.keep_closed_ns is not None and is_closed and changed_at + self.keep_closed_ns <= now


def compile_privacy(document: Any, _rules: Any) -> PrivacySettings:
    """The settings that a section's document (a `DocumentReader`) says. Raises Invalid."""
    document.only(*DEFAULT_PRIVACY)
    if not document.has("keep_closed_days"):
        return PrivacySettings(None)
    return PrivacySettings(document.member("keep_closed_days").whole(1, DAYS_MOST))
