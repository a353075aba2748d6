"""Canisters' web pages at `<canister>.localhost` and `?canisterId=`, checked as the HTTP Gateway Protocol says."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from candid import Principal, encode
from candid.principal import to_text
from candid.types import NAT, PRINCIPAL, Field, Opt, Record
from local_replica.http.gateway.messages import WebResponse
from support.certified_pages import BAD, BODY, GOOD, HTML, Case
from support.http_client import HttpClient, Server, serving
from support.small_modules import COUNTER, compiled
from support.web_pages import PageCanister, certificate_header, encoded_page, encoded_piece

PLAIN = WebResponse(200, (HTML, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), BODY)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--seed", "gateway") as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> HttpClient:
    return server.client()


@pytest.fixture(scope="module")
def pages(client: HttpClient) -> PageCanister:
    return PageCanister.new(client)


def asked(server: Server, canister: bytes, path: str = "/", *, raw: bool = False, **options: object) -> httpx.Response:
    """What a browser gets at a canister's own address."""
    port = server.url.rpartition(":")[2]
    host = f"{to_text(canister)}{'.raw' if raw else ''}.localhost:{port}"
    method, headers = str(options.get("method", "GET")), options.get("headers", {})
    assert isinstance(headers, dict)
    content = options.get("content", b"")
    assert isinstance(content, bytes)
    return httpx.request(method, f"{server.url}{path}", headers={"Host": host, **headers}, content=content, timeout=60)


def shown(server: Server, pages: PageCanister, case: Case) -> httpx.Response:
    pages.show(case.page)
    request = case.request
    headers = {name: text for name, text in request.headers if name != "Host"}
    return asked(server, pages.id, request.url, method=request.method, headers=headers, content=request.body)


@pytest.mark.parametrize("name", GOOD)
def test_a_certified_page_is_served(server: Server, pages: PageCanister, name: str) -> None:
    answer = shown(server, pages, GOOD[name](pages))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, BODY, "text/html")


@pytest.mark.parametrize("name", BAD)
def test_a_page_that_is_not_what_was_certified_is_withheld(server: Server, pages: PageCanister, name: str) -> None:
    answer = shown(server, pages, BAD[name](pages))
    assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (503, "response_verification_error")
    assert BODY not in answer.content


def test_only_certified_headers_are_passed_on(server: Server, pages: PageCanister) -> None:
    answer = shown(server, pages, GOOD["the response alone"](pages))
    assert "x-other" not in answer.headers


def test_a_certificate_of_another_canister_is_refused(server: Server, client: HttpClient, pages: PageCanister) -> None:
    other = PageCanister.new(client)
    pages.show(GOOD["version 1"](other).page)
    assert asked(server, pages.id, "/app/page").status_code == 503


def test_a_flipped_bit_of_a_certificate_is_noticed(server: Server, pages: PageCanister) -> None:
    page = GOOD["version 1"](pages).page
    header = page.header("IC-Certificate") or ""
    for position in range(20, 400, 37):
        changed = header[:position] + ("A" if header[position] != "A" else "B") + header[position + 1 :]
        pages.show(replace(page, headers=(HTML, ("IC-Certificate", changed))))
        assert asked(server, pages.id, "/app/page").status_code == 503


def test_a_raw_address_serves_what_is_not_certified(server: Server, pages: PageCanister) -> None:
    pages.show(PLAIN)
    answer = asked(server, pages.id, raw=True)
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_the_canister_may_be_named_in_the_query_or_by_the_page_before(server: Server, pages: PageCanister) -> None:
    pages.show(GOOD["version 1, index for an unknown path"](pages).page)
    named = f"/page?canisterId={to_text(pages.id)}"
    assert httpx.get(server.url + named).content == BODY
    assert httpx.get(f"{server.url}/style.css", headers={"Referer": server.url + named}).content == BODY


@pytest.mark.parametrize("path", ["/", "/anything", "/?canisterId=nonsense"])
@pytest.mark.parametrize(
    ("headers", "cause"),
    [
        ({}, "canister_id_not_resolved"),
        ({"Referer": "http://["}, "canister_id_not_resolved"),
        ({"Host": "localhost:1"}, "canister_id_not_resolved"),
        ({"Host": "x.localhost"}, "canister_id_not_resolved"),
        ({"Host": "["}, "no_authority"),
        ({"Host": "x.y"}, "unknown_domain"),
        ({"Host": "notlocalhost"}, "unknown_domain"),
    ],
)
def test_a_request_for_no_canister_says_so(server: Server, path: str, headers: dict[str, str], cause: str) -> None:
    answer = httpx.get(server.url + path, headers=headers)
    assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (400, cause)


def test_a_canister_may_be_named_under_a_served_domain_only(server: Server, pages: PageCanister) -> None:
    pages.show(PLAIN)
    named = f"{server.url}/?canisterId={to_text(pages.id)}"
    assert httpx.get(named, headers={"Host": "x.y"}).headers["x-ic-error-cause"] == "unknown_domain"


def test_a_frozen_canister_is_told_as_such(server: Server, client: HttpClient) -> None:
    frozen = PageCanister.new(client)
    settings = Record((Field("freezing_threshold", Opt(NAT)),))
    wanted = {"canister_id": Principal(frozen.id), "settings": {"freezing_threshold": 2**63}}
    arg = encode([Record((Field("canister_id", PRINCIPAL), Field("settings", settings)))], [wanted])
    client.call(b"", "update_settings", arg, frozen.id)
    answer = asked(server, frozen.id)
    assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (503, "canister_frozen")


ORIGIN = "access-control-allow-origin"


def test_pages_are_for_scripts_of_any_origin_unless_they_say_otherwise(server: Server, pages: PageCanister) -> None:
    pages.show(PLAIN)
    open_to_all = asked(server, pages.id, raw=True)
    assert (open_to_all.headers[ORIGIN], "content-range" in open_to_all.headers["access-control-expose-headers"]) == (
        "*",
        True,
    )
    pages.show(WebResponse(200, (HTML, ("Access-Control-Allow-Origin", "https://one.test"), ("Vary", "cookie")), BODY))
    answer = asked(server, pages.id, raw=True)
    assert (answer.headers.get_list(ORIGIN), answer.headers.get_list("vary")) == (["https://one.test"], ["cookie"])


def test_what_a_page_allows_beforehand_is_its_own_answer_if_it_is_one(server: Server, pages: PageCanister) -> None:
    wish = {"Origin": "https://one.test", "Access-Control-Request-Method": "PUT"}
    for page in (PLAIN, WebResponse(404, (("Access-Control-Allow-Origin", "https://one.test"),), b"")):
        pages.show(page)
        answer = asked(server, pages.id, raw=True, method="OPTIONS", headers=wish)
        assert (answer.status_code, answer.content, answer.headers[ORIGIN]) == (200, b"", "*")
        assert "PUT" in answer.headers["access-control-allow-methods"]
    pages.show(WebResponse(204, (("Access-Control-Allow-Origin", "https://one.test"),), b""))
    answer = asked(server, pages.id, raw=True, method="OPTIONS", headers=wish)
    assert (answer.status_code, answer.headers[ORIGIN]) == (204, "https://one.test")


def test_the_api_stands_beside_the_pages(server: Server, pages: PageCanister) -> None:
    assert asked(server, pages.id, "/api/v2/status").headers["content-type"] == "application/cbor"
    assert httpx.get(f"{server.url}/_/topology").status_code == 200


def test_a_page_may_be_answered_by_an_update(server: Server, client: HttpClient, pages: PageCanister) -> None:
    client.call(pages.id, "updated_page", encoded_page(WebResponse(201, (HTML,), b"written")))
    pages.show(WebResponse(200, (), b"", upgrade=True))
    answer = asked(server, pages.id, "/write", method="POST", content=b"something")
    assert (answer.status_code, answer.content) == (201, b"written")


def test_a_body_in_pieces_is_put_together_and_verified(server: Server, client: HttpClient, pages: PageCanister) -> None:
    page = GOOD["version 1"](pages).page
    client.call(pages.id, "piece", encoded_piece(BODY[5:], more=False))
    pages.show(replace(page, body=BODY[:5]), stream="next_piece")
    assert asked(server, pages.id, "/app/page").content == BODY
    client.call(pages.id, "piece", encoded_piece(b"something else", more=False))
    assert asked(server, pages.id, "/app/page").status_code == 503


def test_an_endless_body_is_streamed_and_ends(server: Server, client: HttpClient, pages: PageCanister) -> None:
    client.call(pages.id, "piece", encoded_piece(b"and on ", more=True))
    pages.show(PLAIN, stream="next_piece")
    answer = asked(server, pages.id, "/app/page")
    assert answer.content == BODY + b"and on " * 1004


def test_who_asks_for_a_range_gets_it_as_the_canister_gives_it(server: Server, pages: PageCanister) -> None:
    part = WebResponse(206, (HTML, ("Content-Range", f"bytes 0-4/{len(BODY)}")), BODY[:5])
    pages.show(part)
    answer = asked(server, pages.id, raw=True, headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.content) == (206, BODY[:5])
    assert answer.headers["content-range"] == f"bytes 0-4/{len(BODY)}"


def test_who_asks_for_all_gets_all_of_what_the_canister_gives_in_ranges(server: Server, pages: PageCanister) -> None:
    pages.show(WebResponse(206, (HTML, ("Content-Range", "bytes 0-13/14")), BODY))
    answer = asked(server, pages.id, raw=True)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, BODY, "14")


FAILURES = {
    "a canister of no subnet": (b"\7" * 10, 400, "canister_not_found"),
    "a canister that is not there": (b"\0\0\0\0\0\0\0\1\1\1", 400, "canister_not_found"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_canister_that_is_not_there_is_named(server: Server, name: str) -> None:
    canister, status, cause = FAILURES[name]
    answer = asked(server, canister)
    assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (status, cause)


def test_a_canister_without_pages_or_with_a_trap_is_an_error(server: Server, client: HttpClient) -> None:
    for module in (compiled(COUNTER),):
        answer = asked(server, client.create(module))
        assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (503, "canister_error")
    answer = asked(server, PageCanister.new(client).id)
    assert (answer.status_code, answer.headers["x-ic-error-cause"]) == (503, "canister_error")


@pytest.mark.parametrize("content", [b"", b"DIDL\0\0", b"garbage", b"DIDL\0\1\x7d\5"])
def test_an_answer_that_is_no_page_is_an_error(
    server: Server, client: HttpClient, pages: PageCanister, content: bytes
) -> None:
    client.call(pages.id, "page", content or b"\0")
    assert asked(server, pages.id, raw=True).status_code == 503


@pytest.mark.parametrize("header", [("X-Evil", "a\r\nSet-Cookie: b"), ("X Evil", "a"), ("", "a")])
def test_headers_that_would_be_more_than_one_are_refused(
    server: Server, pages: PageCanister, header: tuple[str, str]
) -> None:
    pages.show(WebResponse(200, (HTML, header), BODY))
    assert asked(server, pages.id, raw=True).status_code == 503


def test_the_certificate_may_show_less_than_it_is_good_for(server: Server, pages: PageCanister) -> None:
    page = GOOD["version 1"](pages).page
    _, text = certificate_header(b"", b"")
    pages.show(replace(page, headers=(HTML, ("IC-Certificate", text))))
    assert asked(server, pages.id, "/app/page").status_code == 503
