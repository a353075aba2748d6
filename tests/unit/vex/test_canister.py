"""Values in, values or errors out, whatever bytes come back."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid import Principal, encode
from vex.canister import Canister
from vex.errors import Refused, Untrusted
from vex.interfaces import interface

INDEX = interface("index")
CANISTER = Principal(b"\x01\x01")


class Told:
    """A transport that always brings the same bytes, and notes which way they were asked for."""

    principal = Principal.anonymous()

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.ways: list[str] = []

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        assert (canister_id, arg[:4]) == (CANISTER, b"DIDL")
        self.ways.append(f"query {method}")
        return self.reply

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        assert (canister_id, arg[:4], effective) == (CANISTER, b"DIDL", None)
        self.ways.append(f"update {method}")
        return self.reply


def call(told: Told, method: str, *arguments: Any) -> Any:
    return asyncio.run(Canister(told, CANISTER, INDEX).call(method, *arguments))


def answer(method: str, value: Any) -> bytes:
    return encode(INDEX.methods[method].results, [value], INDEX.env)


def test_ok_is_taken_out_and_plain_results_stay() -> None:
    assert call(Told(answer("spawn_shard", {"Ok": 7})), "spawn_shard", {"client_token": "t", "created_at": 1}) == 7
    assert call(Told(answer("ping", 3)), "ping") == 3


def test_queries_go_as_queries_and_updates_as_updates() -> None:
    told = Told(answer("ping", 3))
    call(told, "ping")
    told.reply = answer("spawn_shard", {"Ok": 7})
    call(told, "spawn_shard", {"client_token": "t", "created_at": 1})
    assert told.ways == ["query ping", "update spawn_shard"]


@pytest.mark.parametrize(
    ("detail", "shown"),
    [(None, {}), ({"Moved": {"epoch": 4}}, {"epoch": 4}), ({"Conflict": {"current": 2}}, {"current": 2})],
)
def test_an_error_keeps_number_text_and_detail(detail: Any, shown: dict[str, Any]) -> None:
    reply = answer("spawn_shard", {"Err": {"code": 400, "message": "moved", "detail": detail}})
    with pytest.raises(Refused) as refused:
        call(Told(reply), "spawn_shard", {"client_token": "t", "created_at": 1})
    assert (refused.value.code, refused.value.message, refused.value.detail) == (400, "moved", shown)


@given(reply=st.binary(max_size=60) | st.binary(max_size=40).map(lambda rest: b"DIDL" + rest))
def test_any_other_bytes_are_untrusted_or_a_value(reply: bytes) -> None:
    try:
        assert isinstance(call(Told(reply), "ping"), int)
    except Untrusted:
        return


@pytest.mark.parametrize("reply", [b"", b"DIDL", b"DIDL\x00\x01\x71\x01a", b"DIDL\x00\x01\x7f"])
def test_a_reply_of_another_type_is_untrusted(reply: bytes) -> None:
    with pytest.raises(Untrusted, match="ping of"):
        call(Told(reply), "ping")
