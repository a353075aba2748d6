"""Ways in which decoding a value ends."""


class Failure(Exception):
    """A value does not decode."""


class Mismatch(Failure):
    """A value of another type; inside an `opt` it counts as absent."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Subtyping error: {reason}")
