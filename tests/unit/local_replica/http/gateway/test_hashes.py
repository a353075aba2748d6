"""Hashes of requests, as the reference implementation of response verification gives them."""

import pytest

from local_replica.http.gateway.expressions import BadExpression, RequestPart, read_expression
from local_replica.http.gateway.messages import WebRequest
from local_replica.http.gateway.verification import request_hash
from support.web_pages import ALL_BUT, FULL, RESPONSE_ONLY, SKIPPED

HEADERS = (("Accept-Language", "en"), ("Accept-Language", "en-US"), ("Host", "https://ic0.app"))
PART = RequestPart(frozenset({"host"}), frozenset({"q", "name"}))
VECTORS = {
    "/": "10796453466efb3e333891136b8a5931269f77e40ead9d437fcee94a02fa833c",
    "/?q=hello+world&name=foo&name=bar&color=purple": (
        "3ade1c9054f05bc8bcebd3fd7b884078a6e67c63e5ac4a639fa46a47f5a955c9"
    ),
}


@pytest.mark.parametrize("url", VECTORS)
def test_a_request_has_the_hash_of_the_reference(url: str) -> None:
    request = WebRequest("POST", url, HEADERS, bytes(range(7)))
    assert request_hash(request, PART).hex() == VECTORS[url]


def test_expressions_say_what_counts() -> None:
    assert read_expression(SKIPPED) is None
    alone, but, full = read_expression(RESPONSE_ONLY), read_expression(ALL_BUT), read_expression(FULL)
    assert alone and but and full  # noqa: PT018 - none of them skips
    assert (alone.request, alone.headers, alone.excluding) == (None, {"content-type"}, False)
    assert (but.headers, but.excluding) == ({"date"}, True)
    assert full.request == RequestPart(frozenset({"accept-language"}), frozenset({"q"}))


def test_expressions_may_be_laid_out_freely() -> None:
    spread = FULL.replace("{", " {\n  ").replace("}", "\n}").replace(",", ",\n\t").replace("(", " ( ")
    assert read_expression(spread) == read_expression(FULL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "default_certification",
        "default_certification()",
        "other(ValidationArgs{no_certification:Empty{}})",
        "default_certification(ValidationArgs{})",
        "default_certification(ValidationArgs{no_certification:Empty{},certification:Certification{}})",
        "default_certification(ValidationArgs{no_certification:Empty{}}) more",
        "default_certification(ValidationArgs{no_certification:Empty{}}",
        'default_certification(ValidationArgs{certification:"all"})',
        RESPONSE_ONLY.replace('["Content-Type"]', "[Content]"),
        RESPONSE_ONLY.replace("no_request_certification:Empty{},", ""),
        "f" + "(" * 5_000,
        "f([" * 5_000,
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        read_expression(text)
