"""Why an image cannot be made."""


class ImageError(Exception):
    """The canister cannot be imaged; `str()` is one line, with file and line where there is one."""

    def __init__(self, what: str, file: str | None = None, line: int | None = None) -> None:
        place = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(place + what)


class RuntimeMissing(Exception):
    """The base module has not been built on this machine."""
