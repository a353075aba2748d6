"""What a module built for profiling has besides: its profile, and a way to begin it anew."""

from collections.abc import Callable
from typing import Any

from candid.wire import uleb
from canister_runtime.system_api import SystemApi

PROFILE_EXPORTS = ("canister_query canister_profile", "canister_update canister_profile_reset")
"""Export names of `profile_entries`, in their order."""

_TEXT = b"DIDL\x00\x01\x71"
_NOTHING = b"DIDL\x00\x00"


def profile_entries(system: SystemApi, runtime: Any) -> tuple[Callable[[], None], ...]:
    """Turn the profile on from the first message on; what the exports `PROFILE_EXPORTS` do.

    `runtime`: the module `_runtime`. The profile is a text of rows: the caller's row, file, line, function, calls,
    instructions of the function itself; parted by tabs. The first row is the message itself.
    """
    runtime.start_profile()

    def report() -> None:
        text = "\n".join(["\t".join([str(column) for column in row]) for row in runtime.profile()]).encode()
        system.msg_reply_data_append(_TEXT + uleb(len(text)) + text)
        system.msg_reply()

    def reset() -> None:
        runtime.reset_profile()
        system.msg_reply_data_append(_NOTHING)
        system.msg_reply()

    return report, reset
