"""What stable structures raise. After any of these the message has to trap, so that what was written is undone."""


class StableMemoryError(Exception):
    """Anything that stops an operation on stable memory."""


class StableCorruption(StableMemoryError):
    """The bytes are not what the structure wrote."""


class StableFull(StableMemoryError):
    """Stable memory does not grow any further."""


class KeyNotOrdered(StableMemoryError):
    """A key that does not compare with itself (a NaN)."""


class KeyTooLarge(StableMemoryError):
    """An encoded key is longer than the map's limit; the text is that of the Rust library."""

    def __init__(self, limit: int, found: int) -> None:
        super().__init__(f"Key is too large. Expected <= {limit} bytes, found {found} bytes")


class ValueTooLarge(StableMemoryError):
    """An encoded value is longer than the map's limit; the text is that of the Rust library."""

    def __init__(self, limit: int, found: int) -> None:
        super().__init__(f"Value is too large. Expected <= {limit} bytes, found {found} bytes")
