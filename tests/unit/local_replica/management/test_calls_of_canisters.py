"""Canisters that call the management canister: where calls lead, what they claim, whom they concern."""

import pytest

from candid.principal import to_text
from local_replica.execution.failures import REFERENCE
from local_replica.ingress import IngressState
from local_replica.replica import Replica
from local_replica.request_id import hash_of_map
from support.replicas import (
    ANONYMOUS,
    Answer,
    answer_of,
    call_through,
    created,
    encoded,
    installed,
    manage,
    new_replica,
    submit_through,
)
from support.small_modules import PROXY

ABSENT = bytes.fromhex("ffffffffffe000ff0101")
NOWHERE = bytes(8) + b"\1\1"
DIGEST = bytes(32)


@pytest.fixture
def replica() -> Replica:
    return new_replica()


@pytest.fixture
def proxy(replica: Replica) -> bytes:
    return installed(replica, PROXY)


def asked(replica: Replica, proxy: bytes, method: str, **argument: object) -> Answer:
    """A call by the proxy, with 7 cycles."""
    return call_through(replica, proxy, method, encoded(method, argument), cycles=7)


CODE = {"mode": {"install": None}, "wasm_module": b"", "arg": b""}
CHUNKED = {"mode": {"install": None}, "chunk_hashes_list": [], "wasm_module_hash": DIGEST, "arg": b""}
PLAIN = {
    "canister_info": {},
    "canister_metadata": {"name": "x"},
    "canister_status": {},
    "clear_chunk_store": {},
    "delete_canister_snapshot": {"snapshot_id": bytes(8) + ABSENT},
    "deposit_cycles": {},
    "list_canister_snapshots": {},
    "load_canister_snapshot": {"snapshot_id": bytes(8) + ABSENT},
    "provisional_top_up_canister": {"amount": 1},
    "start_canister": {},
    "stored_chunks": {},
    "take_canister_snapshot": {},
    "update_settings": {"settings": {}},
    "upload_chunk": {"chunk": b""},
}
ADVISED = {"delete_canister": {}, "install_code": CODE, "stop_canister": {}, "uninstall_code": {}}


@pytest.mark.parametrize("method", PLAIN)
def test_a_canister_that_is_not_there_is_told_as_such(replica: Replica, proxy: bytes, method: str) -> None:
    answer = asked(replica, proxy, method, canister_id=ABSENT, **PLAIN[method])
    assert (answer.code, answer.refunded) == (3, 7)
    assert answer.message == f"Canister {to_text(ABSENT)} not found."


@pytest.mark.parametrize("method", ADVISED)
def test_methods_that_change_what_runs_say_where_to_look(replica: Replica, proxy: bytes, method: str) -> None:
    answer = asked(replica, proxy, method, canister_id=ABSENT, **ADVISED[method])
    assert (answer.code, answer.refunded) == (3, 7)
    assert answer.message == (
        f"Canister {to_text(ABSENT)} not found.\nCheck the ICP dashboard to ensure the canister exists. "
        f"{REFERENCE}canister-not-found"
    )


@pytest.mark.parametrize(
    ("method", "argument", "name"),
    [
        ("canister_status", {}, "DepositCycles"),
        ("delete_canister", {}, "DepositCycles"),
        ("update_settings", {"settings": {}}, "UpdateSettings"),
        ("take_canister_snapshot", {}, "TakeCanisterSnapshot"),
        ("install_code", CODE, "InstallCode"),
    ],
)
def test_a_canister_that_no_subnet_hosts_is_not_routed_to(
    replica: Replica, proxy: bytes, method: str, argument: dict[str, object], name: str
) -> None:
    answer = asked(replica, proxy, method, canister_id=NOWHERE, **argument)
    assert (answer.code, answer.refunded) == (3, 7)
    assert answer.message == (
        f"Unable to route management canister request {method}: SubnetNotFound(CanisterId({to_text(NOWHERE)}), {name})"
    )


@pytest.mark.parametrize("method", ["update_settings", "uninstall_code", "load_canister_snapshot", "install_code"])
def test_methods_that_take_the_callers_version_are_decoded_for_it(replica: Replica, proxy: bytes, method: str) -> None:
    answer = call_through(replica, proxy, method, b"DIDL\0\0", cycles=7)
    assert (answer.code, answer.refunded) == (4, 7)
    assert answer.message.startswith("IC0408: Error decoding candid: No more values on the wire")


def test_a_version_that_the_caller_does_not_have_is_refused(replica: Replica, proxy: bytes) -> None:
    version = manage(replica, "canister_status", canister_id=proxy)["version"]
    own = asked(replica, proxy, "create_canister", sender_canister_version=version)
    assert "Creating a canister requires a fee" in own.message
    other = asked(replica, proxy, "create_canister", sender_canister_version=version)
    assert (other.code, other.refunded) == (5, 7)
    now = manage(replica, "canister_status", canister_id=proxy)["version"] - 2
    assert other.message == (
        f"IC0504: Management canister call payload includes sender canister version {version} that does not match the "
        f"actual sender canister version {now}."
    )


def test_a_call_that_does_not_leave_is_answered_in_its_round(replica: Replica, proxy: bytes) -> None:
    message = submit_through(replica, proxy, "no_such", b"")
    replica.run_round()
    assert replica.ingress_status(message).state is IngressState.REPLIED
    assert answer_of(replica, message).message == "IC0536: Management canister has no method 'no_such'"


@pytest.mark.parametrize("method", ["bitcoin_get_successors", "bitcoin_send_transaction_internal"])
def test_bitcoins_own_methods_are_for_its_canister_alone(replica: Replica, proxy: bytes, method: str) -> None:
    answer = call_through(replica, proxy, method, b"", cycles=7)
    assert (answer.code, answer.refunded, answer.message) == (4, 7, "Permission denied.")


def test_a_cancelled_stop_is_told_to_canisters_in_other_words(replica: Replica, proxy: bytes) -> None:
    waiting = installed(replica, PROXY)
    manage(replica, "update_settings", canister_id=waiting, settings={"controllers": [proxy, ANONYMOUS]})
    outcall = encoded("http_request", {"url": "https://example.com", "method": {"get": None}, "headers": []})
    submit_through(replica, waiting, "http_request", outcall, cycles=10**12)
    stop = submit_through(replica, proxy, "stop_canister", encoded("stop_canister", {"canister_id": waiting}))
    replica.run_round()
    replica.run_round()
    manage(replica, "start_canister", canister_id=waiting)
    answer = answer_of(replica, stop)
    assert (answer.code, answer.message) == (5, f"Canister {to_text(waiting)}'s stop request cancelled")


def test_environment_variables_at_creation_are_in_the_history_by_their_hash(replica: Replica, proxy: bytes) -> None:
    variables = [{"name": "b", "value": "2"}, {"name": "a", "value": "1"}]
    made = manage(
        replica, "provisional_create_canister_with_cycles", settings={"environment_variables": variables}, amount=10**15
    )
    plain = created(replica)
    told = asked(replica, proxy, "canister_info", canister_id=made["canister_id"], num_requested_changes=1)
    assert hash_of_map({"a": "1", "b": "2"}) in told.content
    without = asked(replica, proxy, "canister_info", canister_id=plain, num_requested_changes=1)
    assert len(told.content) - len(without.content) >= 33
