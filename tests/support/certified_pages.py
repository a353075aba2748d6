"""Pages that are certified rightly and wrongly, each with what a verifier must say: for ours and the reference's."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from local_replica.http.gateway.messages import WebRequest, WebResponse
from support.web_pages import ALL_BUT, FULL, RESPONSE_ONLY, SKIPPED, PageCanister, Site, certificate_header

BODY = b"<h1>Hello</h1>"
HTML = ("Content-Type", "text/html")
GET = WebRequest("GET", "/app/page", (("Accept-Language", "en"), ("Host", "x")), b"")
EXACT = ["http_expr", "app", "page", "<$>"]


@dataclass(frozen=True)
class Case:
    """A request, and the page that answers it."""

    request: WebRequest
    page: WebResponse


def version_1(canister: PageCanister, path: str = "/app/page", *, body: bytes = BODY, asked: str = "") -> Case:
    site = Site()
    site.body(path, BODY)
    site.body("/other", b"other")
    shown = [(b"http_assets", path.encode()), (b"http_assets", (asked or path).encode())]
    header = certificate_header(canister.certificate(site), site.shown(shown))
    return Case(replace(GET, url=asked or path), WebResponse(200, (HTML, header), body))


def version_2(
    canister: PageCanister,
    expression: str,
    path: list[str] | None = None,
    *,
    request: WebRequest = GET,
    others: tuple[list[str], ...] = (),
    asked: WebRequest | None = None,
    change: Callable[[WebResponse], WebResponse] = lambda page: page,
) -> Case:
    """A page certified for `request` at `path`, shown to `asked` after `change`; `others` are certified beside it."""
    path = path or EXACT
    page = WebResponse(200, (HTML, ("X-Other", "any"), ("IC-CertificateExpression", expression)), BODY)
    site = Site()
    site.page(path, request, page)
    for other in others:
        site.page(other, request, page)
    shown = [tuple(part.encode() for part in one) for one in (path, EXACT, *others)]
    header = certificate_header(canister.certificate(site), site.shown(shown), path)
    return Case(asked or request, change(replace(page, headers=(*page.headers, header))))


def _without(name: str) -> Callable[[WebResponse], WebResponse]:
    return lambda page: replace(page, headers=tuple(one for one in page.headers if one[0] != name))


def _with_header(name: str, text: str) -> Callable[[WebResponse], WebResponse]:
    kept = _without(name)
    return lambda page: replace(page, headers=((name, text), *kept(page).headers))


GOOD: dict[str, Callable[[PageCanister], Case]] = {
    "version 1": version_1,
    "version 1, index for an unknown path": lambda canister: version_1(canister, "/index.html", asked="/unknown"),
    "version 1, escaped path": lambda canister: version_1(canister, "/a b", asked="/a%20b"),
    "nothing certified on purpose": lambda canister: version_2(canister, SKIPPED),
    "the response alone": lambda canister: version_2(canister, RESPONSE_ONLY),
    "all headers but one": lambda canister: version_2(canister, ALL_BUT),
    "request and response": lambda canister: version_2(canister, FULL),
    "a query that counts": lambda canister: version_2(
        canister, FULL, request=replace(GET, url="/app/page?q=1&other=2")
    ),
    "a query that does not count": lambda canister: version_2(
        canister, FULL, request=replace(GET, url="/app/page?q=1&x=2"), asked=replace(GET, url="/app/page?q=1&x=3")
    ),
    "a wildcard": lambda canister: version_2(canister, RESPONSE_ONLY, ["http_expr", "app", "<*>"]),
    "a wildcard at the root": lambda canister: version_2(canister, RESPONSE_ONLY, ["http_expr", "<*>"]),
    "a directory": lambda canister: version_2(
        canister, RESPONSE_ONLY, ["http_expr", "app", "", "<$>"], request=replace(GET, url="/app/")
    ),
    "another header that is not certified": lambda canister: version_2(
        canister, RESPONSE_ONLY, change=_with_header("X-Other", "changed")
    ),
}

BAD: dict[str, Callable[[PageCanister], Case]] = {
    "nothing": lambda _: Case(GET, WebResponse(200, (HTML,), BODY)),
    "version 1, another body": lambda canister: version_1(canister, body=b"<h1>Bye</h1>"),
    "version 1, a path that is not there": lambda canister: version_1(canister, asked="/unknown"),
    "another body": lambda canister: version_2(canister, RESPONSE_ONLY, change=lambda page: replace(page, body=b"x")),
    "another status": lambda canister: version_2(
        canister, RESPONSE_ONLY, change=lambda page: replace(page, status=404)
    ),
    "another content type": lambda canister: version_2(
        canister, RESPONSE_ONLY, change=_with_header("Content-Type", "text/plain")
    ),
    "a header more": lambda canister: version_2(canister, ALL_BUT, change=_with_header("Set-Cookie", "a=b")),
    "no expression": lambda canister: version_2(canister, RESPONSE_ONLY, change=_without("IC-CertificateExpression")),
    "another expression": lambda canister: version_2(
        canister, RESPONSE_ONLY, change=_with_header("IC-CertificateExpression", SKIPPED)
    ),
    "an expression that is none": lambda canister: version_2(
        canister, RESPONSE_ONLY, change=_with_header("IC-CertificateExpression", "certify(everything)")
    ),
    "another method": lambda canister: version_2(canister, FULL, asked=replace(GET, method="POST")),
    "another body of the request": lambda canister: version_2(canister, FULL, asked=replace(GET, body=b"x")),
    "another language": lambda canister: version_2(
        canister, FULL, asked=replace(GET, headers=(("Accept-Language", "de"),))
    ),
    "another query": lambda canister: version_2(canister, FULL, asked=replace(GET, url="/app/page?q=2")),
    "another path": lambda canister: version_2(canister, RESPONSE_ONLY, asked=replace(GET, url="/app/other")),
    "a directory for a file": lambda canister: version_2(canister, RESPONSE_ONLY, asked=replace(GET, url="/app/page/")),
    "a wildcard elsewhere": lambda canister: version_2(canister, RESPONSE_ONLY, ["http_expr", "lib", "<*>"]),
    "a wildcard where the page itself is certified": lambda canister: version_2(
        canister, RESPONSE_ONLY, ["http_expr", "app", "<*>"], others=(EXACT,)
    ),
    "a wildcard where a closer one is": lambda canister: version_2(
        canister, RESPONSE_ONLY, ["http_expr", "<*>"], others=(["http_expr", "app", "<*>"],)
    ),
    "a path of another kind": lambda canister: version_2(canister, RESPONSE_ONLY, ["http_else", "app", "page", "<$>"]),
    "a path without end": lambda canister: version_2(canister, RESPONSE_ONLY, ["http_expr", "app", "page"]),
}
