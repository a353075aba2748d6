"""Web requests and pages between the wire and canisters: headers that go on, and what errors look like."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from local_replica.errors import Reject
from local_replica.http.gateway.messages import WebRequest, WebResponse

_SYS_TRANSIENT, _DESTINATION_INVALID, _CANISTER_REJECT, _CANISTER_ERROR = 2, 3, 4, 5


class GatewayError(Exception):
    """Ends a request with a status, a cause by name, and a text for people."""

    def __init__(self, status: int, cause: str, details: str) -> None:
        super().__init__(details)
        self.status = status
        self.cause = cause
        self.details = details

    def response(self) -> Response:
        text = f"error: {self.cause}\ndetails: {self.details}"
        return PlainTextResponse(text, self.status, {"x-ic-error-cause": self.cause})


def rejected(reject: Reject) -> GatewayError:
    """What a reject of the canister or the replica comes to."""
    if reject.reject_code == _DESTINATION_INVALID:
        return GatewayError(400, "canister_not_found", "The specified canister does not exist.")
    if reject.reject_code == _CANISTER_REJECT:
        return GatewayError(503, "canister_reject", f"The canister explicitly rejected the request. {reject.message}")
    if reject.reject_code == _CANISTER_ERROR:
        return GatewayError(503, "canister_error", f"The canister failed to process your request. {reject.message}")
    if reject.reject_code == _SYS_TRANSIENT and "frozen" in reject.message:
        return GatewayError(503, "canister_frozen", f"The canister has run out of cycles. {reject.message}")
    return GatewayError(503, "upstream_error", reject.message)


def asks_for_range(request: WebRequest) -> bool:
    """Whether a request wants a part only."""
    return any(name.lower() in {"range", "if-range"} for name, _ in request.headers)


def passed_on(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers that the canister sees; it may always answer without encoding."""
    headers = []
    for raw_name, raw_value in request.headers.raw:
        name, text = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name.lower() == "accept-encoding":
            encodings = [one.strip() for one in text.split(",")]
            text = ", ".join(encodings if "identity" in encodings else [*encodings, "identity"])
        if name.lower() != "x-request-id":
            headers.append((name, text))
    return tuple(headers)


def page_of(page: WebResponse) -> Response:
    """A page as it is sent; headers may come again, as cookies do."""
    response = Response(page.body, page.status)
    kept = [(b"content-length", str(len(page.body)).encode())]
    kept += [(name.lower().encode("latin-1"), text.encode("latin-1", "replace")) for name, text in _sent(page)]
    response.raw_headers = kept
    return response


def headers_of_whole(page: WebResponse) -> dict[str, str]:
    """Headers of a streamed page, without the one that would tell of a part."""
    return {name: text for name, text in _sent(page) if name.lower() != "content-range"}


def _sent(page: WebResponse) -> list[tuple[str, str]]:
    """Headers that go on: length and transfer are ours to say."""
    ours = {"content-length", "transfer-encoding", "connection"}
    return [(name, text) for name, text in page.headers if name.lower() not in ours]
