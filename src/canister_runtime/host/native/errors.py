"""How a message to a native canister fails."""


class Rejected(Exception):
    """The answer was a reject; `code` is the IC's reject code (4: refused by the canister, 5: it trapped)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"reject code {code}: {message}")
        self.code = code
        self.message = message
