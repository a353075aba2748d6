"""What canisters and clients may send to the gateway and to canister keys, at random: an answer or our own error."""

import contextlib

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from local_replica.http.canister_signatures import CanisterKey, NotSigned
from local_replica.http.gateway.expressions import BadExpression, read_expression
from local_replica.http.gateway.messages import Callback, Unreadable, WebRequest, WebResponse, read_piece, read_response
from local_replica.http.gateway.resolving import destination
from local_replica.http.gateway.verification import NotVerified, Trust, verified
from support.canister_signatures import canister_key
from support.web_pages import FULL, RESPONSE_ONLY, encoded_page, encoded_piece

CANISTER = b"\0\0\0\0\0\0\0\1\1\1"
PAGE = WebResponse(200, (("Content-Type", "text/html"),), b"body")
GET = WebRequest("GET", "/a/b?c=d", (), b"")
TRUST = Trust(b"no key", CANISTER, 10**18)
NUMBERS = st.integers(0, 255)


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with a byte changed, cut short, or with bytes in between."""
    place = st.integers(0, len(content) - 1)
    return st.one_of(
        st.builds(lambda at, byte: content[:at] + bytes([byte]) + content[at + 1 :], place, NUMBERS),
        st.builds(lambda at: content[:at], place),
        st.builds(lambda at, more: content[:at] + more + content[at:], place, st.binary(max_size=6)),
        st.binary(max_size=40),
    )


@given(damaged(encoded_page(PAGE, stream=(CANISTER, "more"))))
def test_any_answer_is_a_page_or_unreadable(encoded: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_response(encoded)


@given(damaged(encoded_piece(b"more", more=True)))
def test_any_piece_is_one_or_unreadable(encoded: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_piece(encoded, Callback(CANISTER, "more", b""))


@given(st.one_of(st.text(max_size=40), damaged(FULL.encode()).map(lambda raw: raw.decode("latin-1"))))
def test_any_expression_is_one_or_bad(text: str) -> None:
    with contextlib.suppress(BadExpression):
        read_expression(text)


PARTS = st.one_of(st.binary(max_size=30), st.sampled_from([cbor2.dumps([0]), cbor2.dumps(["http_expr", "<$>"])]))


@given(
    st.one_of(st.text(max_size=60), st.just("certificate=:2dn3oQ==:, tree=:gQA=:, version=2, expr_path=:gA==:")),
    st.one_of(st.none(), st.just(RESPONSE_ONLY), st.text(max_size=20)),
)
def test_no_header_verifies_without_the_networks_key(certificate: str, expression: str | None) -> None:
    headers = [("IC-Certificate", certificate)]
    if expression is not None:
        headers.append(("IC-CertificateExpression", expression))
    try:
        verified(GET, WebResponse(200, tuple(headers), b""), TRUST)
    except NotVerified:
        return
    raise AssertionError("verified")


@given(damaged(canister_key(CANISTER, b"seed")), st.binary(max_size=60), st.binary(max_size=8))
def test_no_canister_key_takes_a_random_signature(key: bytes, signature: bytes, message: bytes) -> None:
    try:
        CanisterKey.of(key).verify(signature, message, b"no key")
    except NotSigned:
        return
    raise AssertionError("believed")


ADDRESSES = st.one_of(
    st.text(max_size=40), st.sampled_from(["http://[", "//[", "[", "?canisterId=", "&" * 2000, ":", "."])
)


@given(ADDRESSES, ADDRESSES, st.one_of(st.none(), ADDRESSES))
def test_an_address_without_a_principal_is_no_canisters(host: str, url: str, referer: str | None) -> None:
    assert destination(host, url, referer) is None
