"""What the HTTP API answers instead of a result: a status and a text for people."""


class HttpError(Exception):
    """Ends a request with `status` and `text`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class InvalidRequest(HttpError):
    """The request is not what the specification asks for (400)."""

    def __init__(self, text: str) -> None:
        super().__init__(400, text)


class Forbidden(HttpError):
    """The sender may not see what it asks for (403)."""

    def __init__(self, text: str) -> None:
        super().__init__(403, text)


class NoSuchPath(HttpError):
    """The state tree has no such path for clients (404)."""

    def __init__(self) -> None:
        super().__init__(404, "Invalid path requested.")


class PayloadTooLarge(HttpError):
    """The body is larger than the replica takes (413); the text names the size that the boundary takes."""

    def __init__(self) -> None:
        text = "error: payload_too_large\ndetails: Payload is too large: maximum body size is 4194304 bytes."
        super().__init__(413, text)


class NoRouteToCanister(InvalidRequest):
    """No subnet has the effective canister id in its ranges."""

    def __init__(self) -> None:
        super().__init__("error: canister_not_found\ndetails: The specified canister does not exist.")
