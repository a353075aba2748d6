"""The transport against a real replica and a server that meddles: every failure is one of `vex.errors`."""

import asyncio
import gzip
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import cbor2
import pytest
from icp_identity.identity import Identity

from candid import Principal
from support.http_client import Server, serving
from support.meddler import Meddler, Meddling, meddling
from support.meddlings import CALL_MEDDLINGS, QUERY_MEDDLINGS, body, busy, hang_up, kept
from support.small_modules import compiled
from vex.errors import Rejected, Unreachable, Untrusted
from vex.network import Caller, Network

T = TypeVar("T")
TALLY = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject" (func $reject (param i32 i32)))
  (memory 1)
  (data (i32.const 0) "DIDL\\00\\01\\78")
  (func $tell (call $append (i32.const 0) (i32.const 15)) (call $reply))
  (func (export "canister_update inc")
    (i64.store (i32.const 7) (i64.add (i64.load (i32.const 7)) (i64.const 1))) (call $tell))
  (func (export "canister_update no") (call $reject (i32.const 0) (i32.const 4)))
  (func (export "canister_query get") (call $tell)))
"""
"""Counts, and tells a Candid nat64; `no` rejects with the text DIDL."""


@pytest.fixture(scope="module")
def replica() -> Iterator[Server]:
    with serving("--seed", "network") as running:
        yield running


@pytest.fixture(scope="module")
def canister(replica: Server) -> Principal:
    return Principal(replica.client().create(compiled(TALLY)))


@pytest.fixture(scope="module")
def between(replica: Server) -> Iterator[Meddler]:
    with meddling(replica.url) as meddler:
        yield meddler


@pytest.fixture
def meddler(between: Meddler) -> Meddler:
    between.meddle("")
    return between


def asked(url: str, question: Callable[[Caller], Awaitable[T]], *, root_key: bytes | None = None) -> T:
    """The answer to one question over a network of its own."""

    async def ask() -> T:
        async with Network(url, root_key=root_key) as network:
            return await question(network.caller(Identity()))

    return asyncio.run(ask())


def count(reply: bytes) -> int:
    return int.from_bytes(reply[7:], "little")


def got(server: Server, canister: Principal) -> int:
    return count(asked(server.url, lambda caller: caller.query(canister, "get", b"")))


@pytest.mark.parametrize("meddling", [busy(503), busy(429), busy(500), hang_up], ids=["503", "429", "500", "hangs up"])
def test_a_call_that_meets_a_busy_server_twice_takes_effect_once(
    replica: Server, canister: Principal, meddler: Meddler, meddling: Meddling
) -> None:
    before = got(replica, canister)
    meddler.meddle("/call", meddling, meddling)
    assert count(asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))) == before + 1
    assert got(replica, canister) == before + 1


def test_a_server_that_stays_busy_is_unreachable(canister: Principal, meddler: Meddler) -> None:
    meddler.meddle("/query", *[busy(503)] * 10)
    with pytest.raises(Unreachable, match="HTTP 503"):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


def test_a_busy_status_is_asked_for_again(canister: Principal, meddler: Meddler) -> None:
    meddler.meddle("/status", busy(503), hang_up)
    assert count(asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))) > 0


def test_nobody_at_the_address_is_unreachable(canister: Principal) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(Unreachable):
            asked(url, lambda caller: caller.query(canister, "get", b""))


@pytest.mark.parametrize("name", CALL_MEDDLINGS)
def test_an_answer_that_was_meddled_with_is_untrusted(canister: Principal, meddler: Meddler, name: str) -> None:
    meddler.meddle("/call", CALL_MEDDLINGS[name])
    with pytest.raises(Untrusted):
        asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))


@pytest.mark.parametrize("content", [b"", b"\xff", b"\xa0", cbor2.dumps({"status": "replied"}), b"\x81" * 100_000])
def test_a_query_answered_with_something_else_is_untrusted(
    canister: Principal, meddler: Meddler, content: bytes
) -> None:
    meddler.meddle("/query", body(content))
    with pytest.raises(Untrusted):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


@pytest.mark.parametrize(
    "content", [gzip.compress(bytes(2**26)), bytes(2**24 + 1)], ids=["a gzip bomb", "more than an answer can be"]
)
def test_an_answer_does_not_become_larger_than_answers_are(
    canister: Principal, meddler: Meddler, content: bytes
) -> None:
    meddler.meddle("/query", lambda status, _body: (status, content, {"content-encoding": "gzip"}))
    with pytest.raises(Untrusted, match=r"not CBOR|not a CBOR map|more than"):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


def test_a_redirect_is_not_followed(replica: Server, canister: Principal, meddler: Meddler) -> None:
    there = {"location": f"{replica.url}/api/v2/canister/{canister}/query"}
    meddler.meddle("/query", *[lambda _status, _body: (307, b"", there)] * 8)
    with pytest.raises(Unreachable, match="HTTP 307"):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


@pytest.mark.parametrize("length", [7, 10_000], ids=["too short", "too long"])
def test_a_body_of_another_length_than_announced_is_no_answer(
    canister: Principal, meddler: Meddler, length: int
) -> None:
    headers = {"content-length": str(length), "connection": "close"}
    meddler.meddle("/query", *[lambda status, content: (status, content, headers)] * 8)
    with pytest.raises((Unreachable, Untrusted)):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


@pytest.mark.parametrize("name", QUERY_MEDDLINGS)
def test_a_querys_answer_that_is_not_what_a_node_signed_is_untrusted(
    canister: Principal, meddler: Meddler, name: str
) -> None:
    meddler.meddle("/query", QUERY_MEDDLINGS[name])
    with pytest.raises(Untrusted):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


def test_the_answer_of_an_earlier_query_is_untrusted(canister: Principal, meddler: Meddler) -> None:
    first: list[bytes] = []
    meddler.meddle("/query", kept(first), lambda status, _body: (status, first[0]))
    asked(meddler.url, lambda caller: caller.query(canister, "get", b""))
    with pytest.raises(Untrusted, match="not what its node signed"):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


def test_node_keys_that_were_meddled_with_are_untrusted(canister: Principal, meddler: Meddler) -> None:
    meddler.meddle("/read_state", CALL_MEDDLINGS["a flipped bit"])
    with pytest.raises(Untrusted):
        asked(meddler.url, lambda caller: caller.query(canister, "get", b""))


def test_node_keys_are_read_once_for_a_canister(canister: Principal, meddler: Meddler) -> None:
    async def twice(caller: Caller) -> None:
        await caller.query(canister, "get", b"")
        await caller.query(canister, "get", b"")

    asked(meddler.url, twice)
    assert sum(path.endswith("/read_state") for path in meddler.seen) == 1


def test_a_node_that_joined_meanwhile_is_asked_for(canister: Principal, meddler: Meddler) -> None:
    async def later(caller: Caller) -> bytes:
        await caller.query(canister, "get", b"")
        caller.network.nodes[canister.bytes] = dict.fromkeys(
            [b"gone"], next(iter(caller.network.nodes[canister.bytes].values()))
        )
        return await caller.query(canister, "get", b"")

    assert asked(meddler.url, later)


def test_the_reply_of_another_request_is_untrusted(canister: Principal, meddler: Meddler) -> None:
    first: list[bytes] = []
    meddler.meddle("/call", kept(first), lambda status, _body: (status, first[0]))
    asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))
    with pytest.raises(Untrusted, match="says nothing of this request"):
        asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))


def test_a_certificate_of_another_root_is_untrusted(replica: Server, canister: Principal) -> None:
    with serving("--seed", "another root") as other:
        foreign = other.client().root_key
    with pytest.raises(Untrusted):
        asked(replica.url, lambda caller: caller.update(canister, "inc", b""), root_key=foreign)


def test_an_accepted_call_is_polled_for(replica: Server, canister: Principal, meddler: Meddler) -> None:
    before = got(replica, canister)
    meddler.meddle("/call", lambda _status, _body: (202, b""))
    assert count(asked(meddler.url, lambda caller: caller.update(canister, "inc", b""))) == before + 1
    assert any(path.endswith("/read_state") for path in meddler.seen)


@pytest.mark.parametrize("method", ["no", "absent"])
def test_a_reject_is_certified_and_comes_as_rejected(replica: Server, canister: Principal, method: str) -> None:
    with pytest.raises(Rejected) as rejected:
        asked(replica.url, lambda caller: caller.update(canister, method, b""))
    assert rejected.value.reject_code == {"no": 4, "absent": 5}[method]
    assert rejected.value.error_code == {"no": "IC0406", "absent": "IC0536"}[method]


def test_a_query_of_no_method_and_a_canister_of_no_subnet_are_rejected(replica: Server, canister: Principal) -> None:
    with pytest.raises(Rejected):
        asked(replica.url, lambda caller: caller.query(canister, "absent", b""))
    with pytest.raises(Rejected, match="HTTP 400"):
        asked(replica.url, lambda caller: caller.update(Principal(b"\x07" * 10), "inc", b""))
