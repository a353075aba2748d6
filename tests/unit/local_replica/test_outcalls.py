"""HTTPS outcalls: a canister's request waits until somebody outside answers it."""

from typing import Any

import pytest

from candid import compile_decoder
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.cycles.costs import Fees
from local_replica.management import interface
from local_replica.outcalls import HttpReject, HttpReply
from local_replica.replica import Replica
from support.replicas import Answer, answer_of, encoded, installed, new_replica, submit_through
from support.small_modules import PROXY

URL = "https://example.com/"
PLENTY = 100_000_000_000
REPLY = HttpReply(200, (("content-type", "text/plain"),), b"hello")


class Desk:
    """A canister that makes outcalls, and who answers them."""

    def __init__(self, kind: SubnetKind = SubnetKind.APPLICATION) -> None:
        self.replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(kind),)))
        self.canister = installed(self.replica, PROXY)

    def ask(self, cycles: int = PLENTY, **changes: Any) -> bytes:
        """Make the request and let it arrive; the id of the message that waits for it."""
        argument = {"url": URL, "headers": [], "method": {"get": None}} | changes
        message = submit_through(
            self.replica, self.canister, "http_request", encoded("http_request", argument), cycles=cycles
        )
        for _ in range(3):
            self.replica.run_round()
        return message

    def answered(self, message: bytes, *answers: HttpReply | HttpReject) -> Answer:
        [(subnet_id, outcall)] = self.replica.outcalls()
        self.replica.answer_outcall(subnet_id, outcall.request_id, *answers)
        return answer_of(self.replica, message)

    def transform(self, method: str, context: bytes = b"") -> dict[str, Any]:
        return {"transform": {"function": (self.canister, method), "context": context}}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def response(content: bytes) -> Any:
    """An `http_request_result` decoded."""
    return compile_decoder([interface.ENV["http_request_result"]], interface.ENV, values=interface.RawValues())(
        content
    )[0]


def test_a_request_waits_with_all_that_it_says(desk: Desk) -> None:
    desk.ask(headers=[{"name": "a", "value": "b"}], method={"post": None}, body=b"x", max_response_bytes=100)
    [(subnet_id, outcall)] = desk.replica.outcalls()
    assert subnet_id in desk.replica.subnets
    assert (outcall.url, outcall.method, outcall.headers, outcall.body) == (URL, "POST", (("a", "b"),), b"x")
    assert outcall.max_response_bytes == 100


def test_requests_are_numbered_from_zero(desk: Desk) -> None:
    desk.ask()
    desk.ask()
    assert [outcall.request_id for _, outcall in desk.replica.outcalls()] == [0, 1]


def test_the_caller_gets_the_response_and_what_it_overpaid(desk: Desk) -> None:
    answer = desk.answered(desk.ask(max_response_bytes=1000), REPLY)
    assert answer.code == 0
    assert response(answer.content) == {
        "status": 200,
        "headers": [{"name": "content-type", "value": "text/plain"}],
        "body": b"hello",
    }
    assert answer.refunded == PLENTY - Fees().http_request(len(URL), 1000)


def test_a_reject_reaches_the_caller_as_it_was_given(desk: Desk) -> None:
    answer = desk.answered(desk.ask(), HttpReject(2, "Connection refused"))
    assert (answer.code, answer.message) == (2, "Connection refused")


def test_too_few_cycles_are_refused_with_the_fee_named_and_given_back(desk: Desk) -> None:
    fee = Fees().http_request(len(URL), None)
    answer = answer_of(desk.replica, desk.ask(cycles=fee - 1))
    assert answer.message == f"http_request request sent with {fee - 1} cycles, but {fee} cycles are required."
    assert (answer.code, answer.refunded) == (4, fee - 1)
    assert desk.replica.outcalls() == []


def test_the_fee_of_a_13_node_subnet_is_the_published_one() -> None:
    assert Fees().http_request(0, 0) == 49_140_000
    assert Fees().http_request(1, 0) - Fees().http_request(0, 0) == 5_200
    assert Fees().http_request(0, 1) - Fees().http_request(0, 0) == 10_400


def test_a_34_node_subnet_asks_more() -> None:
    desk = Desk(SubnetKind.FIDUCIARY)
    answer = desk.answered(desk.ask(max_response_bytes=0), REPLY)
    assert PLENTY - answer.refunded == Fees(34).http_request(len(URL), 0)


def test_a_system_subnet_asks_nothing() -> None:
    desk = Desk(SubnetKind.SYSTEM)
    assert desk.answered(desk.ask(cycles=0), REPLY).code == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "u" * 8193}, "url size 8193 exceeds 8192"),
        ({"max_response_bytes": 2_000_001}, "max_response_bytes expected to be in the range [0..2000000], got 2000001"),
        (
            {"headers": [{"name": "n" * 8193, "value": ""}]},
            "number of bytes to represent some http header name 8193 exceeds 8192",
        ),
        (
            {"headers": [{"name": "", "value": "v" * 8193}]},
            "number of bytes to represent some http header value 8193 exceeds 8192",
        ),
        (
            {"body": b"b" * 2_000_001},
            "total number of bytes to represent all http header names and values and http body 2000001 exceeds 2000000",
        ),
    ],
)
def test_a_request_beyond_a_limit_is_refused(desk: Desk, changes: dict[str, Any], message: str) -> None:
    answer = answer_of(desk.replica, desk.ask(**changes))
    assert (answer.code, answer.message, answer.refunded) == (4, message, PLENTY)


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        ([{"name": "n", "value": "v"}] * 65, "number of elements exceeds maximum allowed 64"),
        ([{"name": "n", "value": "v" * 8191}] * 7, "total data size exceeds maximum allowed 49152"),
    ],
)
def test_too_many_headers_do_not_even_decode(desk: Desk, headers: list[dict[str, str]], limit: str) -> None:
    answer = answer_of(desk.replica, desk.ask(headers=headers))
    assert answer.message == f"Error decoding candid: Fail to decode argument 0: Deserialize error: The {limit}"


def test_the_response_passes_through_the_transform(desk: Desk) -> None:
    answer = desk.answered(desk.ask(**desk.transform("same", b"context")), REPLY)
    assert answer.content == interface.encode_record(
        "transform_argument",
        {
            "response": {
                "status": 200,
                "headers": [{"name": "content-type", "value": "text/plain"}],
                "body": b"hello",
            },
            "context": b"context",
        },
    )


def test_a_transform_that_makes_too_much_fails_the_call(desk: Desk) -> None:
    answer = desk.answered(desk.ask(max_response_bytes=10, **desk.transform("same")), REPLY)
    assert (answer.code, answer.message) == (1, "Transformed http response exceeds limit: 10")


def test_a_transform_that_traps_fails_the_call(desk: Desk) -> None:
    answer = desk.answered(desk.ask(**desk.transform("trapping")), REPLY)
    assert answer.code == 5
    assert answer.message.startswith("IC0502: Error from Canister ")


def test_a_composite_query_is_no_transform(desk: Desk) -> None:
    answer = desk.answered(desk.ask(**desk.transform("composite")), REPLY)
    assert answer.message == "IC0527: Composite query cannot be used as transform in canister http outcalls."


def test_the_transform_of_another_canister_is_refused(desk: Desk) -> None:
    other = installed(desk.replica, PROXY)
    changes = {"transform": {"function": (other, "same"), "context": b""}}
    assert answer_of(desk.replica, desk.ask(**changes)).message.startswith("transform principal id expected to be ")


def test_nodes_that_disagree_too_much_reach_no_consensus(desk: Desk) -> None:
    nine, four = [REPLY] * 9, [HttpReply(500)] * 4
    assert desk.answered(desk.ask(), *nine, *four).code == 0
    answer = desk.answered(desk.ask(), *nine[:8], *four, HttpReply(500))
    assert answer.code == 2
    assert answer.message.startswith("No consensus could be reached. Replicas had different responses. Details: ")


def test_a_request_that_nobody_answers_times_out(desk: Desk) -> None:
    message = desk.ask()
    desk.replica.set_time(desk.replica.time_ns + 60_000_000_000)
    answer = answer_of(desk.replica, message)
    assert (answer.code, answer.message) == (2, "Canister http request timed out")
    assert desk.replica.outcalls() == []


def test_waiting_requests_survive_a_restart(desk: Desk) -> None:
    message = desk.ask()
    desk.replica = Replica.load(desk.replica.config, desk.replica.network.executor, None, desk.replica.dump())
    assert desk.answered(message, REPLY).code == 0


def test_an_unknown_request_cannot_be_answered(desk: Desk) -> None:
    with pytest.raises(KeyError):
        desk.replica.answer_outcall(next(iter(desk.replica.subnets)), 7, REPLY)
