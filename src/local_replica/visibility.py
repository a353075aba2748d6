"""Who may see a canister's log, and with it the backtraces of its traps."""

from local_replica.canister import Canister


def may_see_logs(canister: Canister, caller: bytes) -> bool:
    """Whether the caller may read the canister's log."""
    settings = canister.record.settings
    if settings.log_visibility == "public" or caller in canister.record.controllers:
        return True
    return settings.log_visibility == "allowed_viewers" and caller in settings.log_viewers
