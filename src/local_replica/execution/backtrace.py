"""Where a module trapped, as the replica shows it."""

_ADDED_IMPORTS = 5
"""The replica numbers functions after it has put imports of its own before the module's functions."""


def backtrace(host_frame: str, frames: list[tuple[int, str | None]]) -> str:
    """Frames are (function index, name), innermost first; nothing is shown where no frame has a name."""
    lines = [host_frame] if host_frame else []
    lines += [name or f"unknown function at index {index + _ADDED_IMPORTS}" for index, name in frames]
    if not host_frame and not any(name for _, name in frames):
        return ""
    return "\nCanister Backtrace:\n" + "".join(f"{line}\n" for line in lines)
