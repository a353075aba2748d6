"""Downloads over HTTP: ranges as RFC 9110 has them, headers that let nothing run, tokens for one file and a while."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.attachments.download_tokens import check_download, download_key, make_token
from vex_domain.attachments.http_downloads import HttpFile, attachment_of, file_reply, parse_range, refused, url_of
from vex_domain.refusals import Invalid
from vex_domain.time_units import NS

FILE = HttpFile("Bericht Ü.pdf", "application/pdf", 1_000, sha256(b"x").digest())
KEY = download_key(bytes(32))


def headers_of(**wanted: str) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, value in wanted.items()]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-499", (0, 500)),
        ("bytes=500-", (500, 1_000)),
        ("bytes=-200", (800, 1_000)),
        ("bytes=-5000", (0, 1_000)),
        ("bytes=999-5000", (999, 1_000)),
        ("Bytes = 0-0", (0, 1)),
        ("bytes=1000-", (0, 0)),
        ("bytes=-0", (0, 0)),
        ("bytes=5-4", None),
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes", None),
        ("bytes=0x1-5", None),
        ("bytes=\u0661-5", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_ranges_are_read_as_rfc_9110_has_them(wanted: str, expected: tuple[int, int] | None) -> None:
    assert parse_range(wanted, 1_000) == expected


@given(st.integers(1, 10_000), st.integers(0, 12_000), st.integers(0, 12_000))
def test_a_range_is_the_slice_that_it_names(size: int, first: int, last: int) -> None:
    content = bytes(number % 251 for number in range(size))
    ranged = parse_range(f"bytes={first}-{last}", size)
    if last < first:
        assert ranged is None
    else:
        assert ranged is not None
        assert content[ranged[0] : ranged[1]] == content[first : last + 1]


@given(st.text(max_size=30))
def test_any_range_header_is_read_without_harm(wanted: str) -> None:
    reply = file_reply("GET", headers_of(range=wanted), FILE)
    assert reply.status in (200, 206, 416)
    assert 0 <= reply.first <= reply.end <= FILE.size


def test_a_whole_file_a_part_and_a_part_that_is_not_there() -> None:
    whole = file_reply("GET", [], FILE)
    assert (whole.status, whole.first, whole.end) == (200, 0, 1_000)
    part = file_reply("GET", headers_of(Range="bytes=10-19"), FILE)
    assert (part.status, part.first, part.end) == (206, 10, 20)
    assert ("Content-Range", "bytes 10-19/1000") in part.headers
    assert ("Content-Length", "10") in part.headers
    nothing = file_reply("GET", headers_of(RANGE="bytes=1000-"), FILE)
    assert (nothing.status, nothing.first, nothing.end) == (416, 0, 0)
    assert ("Content-Range", "bytes */1000") in nothing.headers


def test_who_has_the_file_gets_304_before_any_range() -> None:
    reply = file_reply("GET", headers_of(if_none_match=f'"other", W/{FILE.etag}', range="bytes=0-1"), FILE)
    assert (reply.status, reply.end) == (304, 0)
    assert ("ETag", FILE.etag) in reply.headers
    assert file_reply("GET", headers_of(if_none_match="*"), FILE).status == 304
    assert file_reply("GET", headers_of(if_none_match='"other"'), FILE).status == 200


def test_a_range_of_another_version_is_the_whole_file() -> None:
    assert file_reply("GET", headers_of(range="bytes=0-1", if_range='"other"'), FILE).status == 200
    assert file_reply("GET", headers_of(range="bytes=0-1", if_range=FILE.etag), FILE).status == 206


def test_head_says_what_get_would_and_sends_nothing() -> None:
    reply = file_reply("HEAD", headers_of(range="bytes=0-1"), FILE)
    assert (reply.status, reply.first) == (200, reply.end)
    assert ("Content-Length", "1000") in reply.headers


def test_every_reply_lets_nothing_run() -> None:
    for reply in (file_reply("GET", [], FILE), refused(404, "no"), refused(405, "no")):
        assert ("X-Content-Type-Options", "nosniff") in reply.headers
        assert any(name == "Content-Security-Policy" and "sandbox" in value for name, value in reply.headers)
        assert ("Cache-Control", "private, no-store") in reply.headers
    disposition = dict(file_reply("GET", [], FILE).headers)["Content-Disposition"]
    assert disposition == "attachment; filename=\"Bericht _.pdf\"; filename*=UTF-8''Bericht%20%C3%9C.pdf"
    assert ("Allow", "GET, HEAD") in refused(405, "no").headers


def test_a_token_opens_one_attachment_until_its_time() -> None:
    token = make_token(KEY, 7, 1, 100 * NS)
    check_download(KEY, token, 7, 1, 99 * NS)
    for ticket, number, now in ((8, 1, 0), (7, 2, 0), (7, 1, 100 * NS)):
        with pytest.raises(Invalid):
            check_download(KEY, token, ticket, number, now)
    with pytest.raises(Invalid):
        check_download(download_key(bytes(31) + b"\x01"), token, 7, 1, 0)


@given(st.text(max_size=60))
def test_no_text_is_a_token_by_chance(token: str) -> None:
    with pytest.raises(Invalid):
        check_download(KEY, token, 7, 1, 0)


def test_a_longer_life_cannot_be_written_into_a_token() -> None:
    mac = make_token(KEY, 7, 1, 100 * NS).partition(".")[2]
    with pytest.raises(Invalid):
        check_download(KEY, "ffffffff." + mac, 7, 1, 0)


@given(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 32) - 1))
def test_a_url_names_its_attachment(ticket: int, number: int) -> None:
    assert attachment_of(url_of(ticket, number, "ab.cd")) == (ticket, number, "ab.cd")


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "",
        "/attachments/1",
        "/attachments/1/x?token=a",
        "/attachments/-1/1",
        "/attachments/1/2/3",
        "x/attachments/1/1",
        f"/attachments/{1 << 64}/1",
        f"/attachments/1/{1 << 32}",
        "/attachments/\u0661/1",
    ],
)
def test_other_urls_name_nothing(url: str) -> None:
    assert attachment_of(url) is None
