"""What scripts of other origins may do with canisters' pages: what the page says, and else what gateways say."""

from starlette.responses import Response

from local_replica.http.cross_origin import GATEWAY_SHARING

_ORIGIN, _METHODS = "access-control-allow-origin", "access-control-allow-methods"
_HEADERS, _AGE = "access-control-allow-headers", "access-control-max-age"
_TOLD_AHEAD = (_HEADERS, _METHODS, _ORIGIN, "access-control-allow-credentials", _AGE)

_ALWAYS = {_ORIGIN: "*", "vary": "origin, access-control-request-method, access-control-request-headers"}
_AHEAD = {
    **_ALWAYS,
    _METHODS: ", ".join(GATEWAY_SHARING.methods),
    _HEADERS: ", ".join(GATEWAY_SHARING.headers).lower(),
    _AGE: "600",
}
_AFTER = {**_ALWAYS, "access-control-expose-headers": ", ".join(GATEWAY_SHARING.readable).lower()}


def shared(method: str, answer: Response) -> Response:
    """Add what an answer does not say itself.

    OPTIONS is answered by the gateway where the canister gives no preflight answer: a success without a body that says
    something of origins.
    """
    if method == "OPTIONS" and not _is_preflight(answer):
        return Response(headers=_AHEAD)
    for name, text in (_AHEAD if method == "OPTIONS" else _AFTER).items():
        answer.headers.setdefault(name, text)
    return answer


def _is_preflight(answer: Response) -> bool:
    is_empty = answer.headers.get("content-length") == "0"
    return 200 <= answer.status_code < 300 and is_empty and any(name in answer.headers for name in _TOLD_AHEAD)
