"""What can go wrong between a program and VEX.

VexError
├── Unreachable            no answer came: network, time-out; the same request may be sent again
├── Untrusted              an answer came and is not what the protocol says, or not proved by the root key
├── Rejected               the replica or the canister rejected the call (reject code, error code, text)
├── TooLate                whether a write took effect is unknown, and it is too old to be sent again
└── Refused                a canister answered with an `Error` value: `code`, `message`, `detail`
"""

from typing import Any

from vex_domain.texts.errors import text_of_error
from vex_domain.texts.languages import Rendered

__all__ = ["Refused", "Rejected", "TooLate", "Unreachable", "Untrusted", "VexError"]


class VexError(Exception):
    """Every error of this package."""


class Unreachable(VexError):
    """No answer came. Whether the request took effect is unknown: send it again with the same client token."""


class Untrusted(VexError):
    """The answer's certificate does not hold, or the answer is none of the protocol's."""


class TooLate(VexError):
    """A journal goes on after the canisters forgot its tokens (24 h): only a look can tell what had happened."""


class Rejected(VexError):
    """A reject: `reject_code` 1 to 6 (interface specification, "Reject codes"), `error_code` e.g. IC0503 or None."""

    def __init__(self, reject_code: int, message: str, error_code: str | None = None) -> None:
        super().__init__(f"{error_code or f'reject code {reject_code}'}: {message}")
        self.reject_code = reject_code
        self.message = message
        self.error_code = error_code


class Refused(VexError):
    """A canister's own `Error`: the number is stable, the text is for people, the detail is what programs need."""

    def __init__(self, code: int, message: str, detail: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.detail = detail or {}

    def in_words(self, *languages: str | None) -> Rendered:
        """What it means, for somebody with these languages, the dearest first; English when there is no other."""
        return text_of_error(self.code, {"detail": self.detail}, list(languages))
