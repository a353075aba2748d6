"""Calls between canisters, their failures, and what an upgrade does to those under way."""

from collections.abc import Callable

import pytest

from candid.codec import encode
from candid.principal import Principal
from candid.types import NAT64
from canister_runtime.host.failures import StaleCallback
from canister_runtime.host.native import NativeCanister, NativeNetwork, Rejected
from canister_runtime.host.native.message import Message
from canister_runtime.system_api import CLEANUP, REPLY

Load = Callable[..., NativeCanister]

CALLER = """
    from kybra import Async, Principal, Service, nat64, query, service_query, service_update, text, update

    class Peer(Service):
        @service_update
        def add(self, a: nat64, b: nat64) -> nat64: ...

        @service_query
        def peek(self) -> nat64: ...

    log = []

    @update
    def ask(peer: Principal, a: nat64) -> Async[text]:
        log.append("before")
        result = yield Peer(peer).add(a, 1)
        log.append("after")
        return f"{result.Ok} {result.Err}"

    @update
    def ask_and_fail(peer: Principal) -> Async[text]:
        try:
            log.append("tried")
            yield Peer(peer).add(1, 1)
            raise ValueError("late")
        finally:
            log.append("finally")

    def doubled(peer, a):
        result = yield Peer(peer).add(a, a)
        return result.Ok

    @update
    def ask_nested(peer: Principal, a: nat64) -> Async[nat64]:
        once = yield doubled(peer, a)
        twice = yield from doubled(peer, once)
        return twice

    @query
    def peek(peer: Principal) -> Async[nat64]:
        result = yield Peer(peer).peek()
        return result.Ok + len(log)

    @query
    def read_log() -> text:
        return " ".join(log)
"""

PEER = """
    from kybra import nat64, query, update

    total = [0]

    @update
    def add(a: nat64, b: nat64) -> nat64:
        if a == 13:
            raise ValueError("unlucky")
        total[0] = a + b
        return total[0]

    @query
    def peek() -> nat64:
        return total[0]
"""


def test_a_call_returns_what_the_other_canister_replied(load: Load) -> None:
    network = NativeNetwork()
    caller, peer = load(CALLER, network=network), load(PEER, network=network)
    assert caller.update("ask", peer.id, 4) == "5 None"
    assert caller.update("ask_nested", peer.id, 3) == 12
    assert caller.query("peek", peer.id) == 14


def test_a_reject_is_a_value_that_names_its_code(load: Load) -> None:
    network = NativeNetwork()
    caller, peer = load(CALLER, network=network), load(PEER, network=network)
    answer = caller.update("ask", peer.id, 13)
    assert answer.startswith("None Rejection code 5, IC0503: Error from Canister")
    assert "ValueError: unlucky" in answer
    assert caller.update("ask", Principal(b"nobody"), 1).startswith("None Rejection code 3, No route")


def test_a_test_can_answer_calls_itself(load: Load) -> None:
    network = NativeNetwork()
    caller = load(CALLER, network=network)
    peer = Principal(b"elsewhere")
    network.handle(peer, "add", lambda _caller, _argument, _cycles: encode([NAT64], [77]))
    assert caller.update("ask", peer, 4) == "77 None"


def test_what_came_before_an_await_survives_a_trap_after_it(load: Load) -> None:
    network = NativeNetwork()
    caller, peer = load(CALLER, network=network), load(PEER, network=network)
    with pytest.raises(Rejected, match="ValueError: late"):
        caller.update("ask_and_fail", peer.id)
    assert caller.query("read_log") == "tried"


def test_a_reply_to_a_former_life_traps_and_resumes_nobody(load: Load) -> None:
    network = NativeNetwork()
    caller = load(CALLER, network=network)
    peer = Principal(b"elsewhere")
    network.handle(peer, "add", lambda _caller, _argument, _cycles: encode([NAT64], [77]))
    pending = network.submit(caller, "ask", caller.encode_arguments("ask", [peer, 1]), b"\x04")
    network.step()
    caller.upgrade()
    network.run()
    assert pending.answer is not None
    assert isinstance(pending.answer.error, StaleCallback)
    assert caller.query("read_log") == ""


def test_an_unknown_environment_is_stale_for_replies_and_nothing_for_cleanups(load: Load) -> None:
    caller = load(CALLER)
    message = caller.callback(Message("reply callback"), 12345, REPLY)
    assert isinstance(message.error, StaleCallback)
    assert caller.callback(Message("cleanup callback"), 12345, CLEANUP).trap is None
