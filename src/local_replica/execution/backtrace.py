"""Where a module trapped, as the replica shows it."""

Frame = tuple[int, str | None]
"""Function index and name, where the name section has one."""

_ADDED_IMPORTS = 5
"""The replica numbers functions after it has put imports of its own before the module's functions."""
_FRAMES_KEPT = 20
"""wasmtime's C interface keeps no more of a stack."""
_FRAMES_OF_RECURSION = 4_000


def backtrace(host_frame: str, frames: list[Frame]) -> str:
    """Frames are innermost first; nothing is shown where none has a name."""
    lines = [host_frame] if host_frame else []
    lines += [name or f"unknown function at index {index + _ADDED_IMPORTS}" for index, name in frames]
    if not host_frame and not any(name for _, name in frames):
        return ""
    return "\nCanister Backtrace:\n" + "".join(f"{line}\n" for line in lines)


def continued(frames: list[Frame], entry: Frame | None) -> list[Frame]:
    """The stack of a function that called itself until it overflowed, with the frames that wasmtime left out."""
    if entry is None or len(frames) < _FRAMES_KEPT or len(set(frames)) > 1:
        return frames
    return [frames[0]] * _FRAMES_OF_RECURSION + [entry]
