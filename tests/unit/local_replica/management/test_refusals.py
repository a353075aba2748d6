"""What the management canister refuses, in the words of the replica's source, where nothing is recorded."""

import gzip
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid.principal import to_text
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.execution.failures import REFERENCE
from local_replica.ingress import Ingress, Refused
from local_replica.management.unpacking import gunzipped
from local_replica.replica import Replica
from support.replicas import (
    ANONYMOUS,
    PLENTY,
    call_through,
    created,
    encoded,
    install,
    installed,
    manage,
    new_replica,
)
from support.small_modules import COUNTER, PROXY, compiled

OTHER = b"\5other\2"
DIGEST = bytes(32)
LEDGER = bytes.fromhex("00000000000000020101")
IN_HASTE = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_msg_size" (func $size (result i32)))
  (import "ic0" "msg_reject_msg_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "canister_self_copy" (func $self (param i32 i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $within (param i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory 1) (data (i32.const 100) "wait") (table funcref (elem $told $again))
  (func $told (param i32)
    (call $copy (i32.const 0) (i32.const 0) (call $size)) (call $append (i32.const 0) (call $size)) (call $reply))
  (func $again (param i32) (call $wait))
  (func $wait
    (call $self (i32.const 0) (i32.const 0) (i32.const 10))
    (call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 0)
      (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0))
    (drop (call $perform)))
  (func (export "canister_update wait") (call $wait))
  (func (export "canister_update ask")
    (call $self (i32.const 0) (i32.const 0) (i32.const 10))
    (call $new (i32.const 0) (i32.const 10) (i32.const 100) (i32.const 4)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $within (i32.const 3)) (drop (call $perform))))
"""


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def refused(replica: Replica, method: str, sender: bytes = ANONYMOUS, /, **argument: Any) -> tuple[str, str]:
    """Error code and text of a management call."""
    with pytest.raises(Refused) as refusal:
        manage(replica, method, sender, **argument)
    return refusal.value.reject.error_code, refusal.value.reject.message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"compute_allocation": 101}, "ComputeAllocation expected to be in the range [0..100], got 101"),
        ({"memory_allocation": 1 << 64}, "MemoryAllocation expected to be in the range [0..2^64-1], got "),
        ({"freezing_threshold": 1 << 64}, "Freezing threshold expected to be in the range of [0..2^64-1], got "),
        (
            {"reserved_cycles_limit": 1 << 128},
            "Reserved cycles limit expected to be in the range of [0..2^128-1], got ",
        ),
        ({"log_memory_limit": 1 << 64}, "Log memory limit expected to be in the range of [0..2^64-1], got "),
        ({"wasm_memory_limit": 1 << 64}, "Wasm memory limit expected to be in the range of [0..2^64-1], got "),
        ({"wasm_memory_threshold": 1 << 64}, "Wasm memory threshold expected to be in the range of [0..2^64-1], got "),
    ],
)
def test_a_setting_has_a_range(replica: Replica, given: dict[str, int], told: str) -> None:
    code, text = refused(replica, "update_settings", canister_id=created(replica), settings=given)
    assert code == "CanisterContractViolation"
    assert text.startswith(told)


def test_an_id_may_be_asked_for_once() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS),)))
    method = "provisional_create_canister_with_cycles"
    made = manage(replica, method, specified_id=LEDGER)["canister_id"]
    code, text = refused(replica, method, specified_id=made)
    assert (code, text.split("\n")[0]) == (
        "CanisterAlreadyInstalled",
        f"Canister {to_text(made)} is already installed.",
    )


def test_a_subnet_has_no_canister_of_another() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS), SubnetConfig())))
    root, own = replica.subnets
    made = manage(replica, "provisional_create_canister_with_cycles", specified_id=LEDGER)["canister_id"]
    assert replica.network.subnet_of(made) is replica.network.subnets[root]
    arg = encoded("provisional_create_canister_with_cycles", {"specified_id": bytes(7) + b"\3\1\1"})
    proxy = installed_on(replica, own, PROXY)
    answer = call_through(replica, proxy, "provisional_create_canister_with_cycles", arg)
    assert answer.message.startswith("Unsuccessful validation of specified ID: Specified CanisterId ")
    assert f" is not hosted by subnet {to_text(own)}." in answer.message


def installed_on(replica: Replica, subnet: bytes, text: str) -> bytes:
    """A new canister with a module, on that subnet."""
    method = "provisional_create_canister_with_cycles"
    arg = encoded(method, {"amount": PLENTY})
    canister = replica.call(Ingress(ANONYMOUS, b"", method, arg, effective_id=subnet))[-10:]
    install(replica, canister, text)
    return canister


def test_chunks_are_paid_and_named_by_their_hashes(replica: Replica) -> None:
    proxy, canister = installed(replica, PROXY), created(replica, 10**9)
    frozen = {"freezing_threshold": 10**12, "controllers": [proxy]}
    manage(replica, "update_settings", canister_id=canister, settings=frozen)
    arg = encoded("upload_chunk", {"canister_id": canister, "chunk": b"x"})
    answer = call_through(replica, proxy, "upload_chunk", arg, cycles=7)
    assert (answer.code, answer.refunded) == (5, 7)
    assert answer.message.startswith(
        "Error from Wasm chunk store: Error charging for 'upload_chunk': "
        f"Canister {to_text(canister)} is out of cycles: "
    )
    code, text = refused(
        replica,
        "install_chunked_code",
        target_canister=created(replica),
        store_canister=LEDGER,
        mode={"install": None},
        chunk_hashes_list=[],
        wasm_module_hash=DIGEST,
        arg=b"",
    )
    assert code == "CanisterNotFound"
    assert text.startswith(f"InstallChunkedCode Error: Store canister {to_text(LEDGER)} was not found on subnet ")


def test_a_canister_cannot_delete_itself(replica: Replica) -> None:
    proxy = installed(replica, PROXY)
    answer = call_through(
        replica, proxy, "delete_canister", encoded("delete_canister", {"canister_id": proxy}), cycles=7
    )
    assert (answer.code, answer.refunded) == (5, 7)
    assert answer.message == (
        f"Canister {to_text(proxy)} cannot delete itself.\nDelete the canister from one of its other controllers. "
        f"{REFERENCE}delete-canister-self"
    )


def test_an_empty_canister_has_no_metadata(replica: Replica) -> None:
    proxy, empty = installed(replica, PROXY), created(replica)
    answer = call_through(
        replica, proxy, "canister_metadata", encoded("canister_metadata", {"canister_id": empty, "name": "x"})
    )
    assert answer.message.startswith(
        f"The canister {to_text(empty)} has no Wasm module and hence no metadata is available."
    )


def test_a_snapshot_belongs_to_its_canister_and_its_controllers(replica: Replica) -> None:
    first, second = installed(replica, COUNTER), installed(replica, COUNTER)
    snapshot = manage(replica, "take_canister_snapshot", canister_id=first)["id"]
    printed = f"{to_text(first)}-0"
    code, text = refused(replica, "delete_canister_snapshot", canister_id=second, snapshot_id=snapshot)
    assert code == "CanisterRejectedMessage"
    assert text.startswith(f"The snapshot {printed} does not belong to canister {to_text(second)}.\n")
    manage(replica, "update_settings", canister_id=first, settings={"controllers": [OTHER]})
    code, text = refused(replica, "load_canister_snapshot", canister_id=second, snapshot_id=snapshot)
    assert code == "CanisterRejectedMessage"
    assert text.startswith(
        f"Only a controller of the canister that snapshot {printed} belongs to can load it on canister "
        f"{to_text(second)}. Sender: {to_text(ANONYMOUS)}.\n"
    )


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (b"\1\2", "Bytes [01, 02] are not a valid WasmChunkHash."),
        (DIGEST, f"WasmChunkHash [{', '.join(['00'] * 32)}] not found."),
    ],
)
def test_a_chunk_of_a_snapshot_is_named_by_its_hash(replica: Replica, key: bytes, told: str) -> None:
    canister = installed(replica, COUNTER)
    snapshot = manage(replica, "take_canister_snapshot", canister_id=canister)["id"]
    code, text = refused(
        replica,
        "read_canister_snapshot_data",
        canister_id=canister,
        snapshot_id=snapshot,
        kind={"wasm_chunk": {"hash": key}},
    )
    assert (code, text.split("\n")[0]) == ("CanisterContractViolation", f"Error from Wasm chunk store: {told}.")


def test_a_subnet_tells_of_its_own_nodes_alone() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS), SubnetConfig())))
    root, other = replica.subnets
    proxy = installed_on(replica, root, PROXY)
    arg = encoded("subnet_info", {"subnet_id": other})
    answer = call_through(replica, proxy, "subnet_info", arg, callee=root)
    assert (answer.code, answer.message) == (
        4,
        f"Provided target subnet ID {to_text(other)} does not match current subnet ID {to_text(root)}.",
    )


MODULE = compiled(COUNTER)
PACKED = gzip.compress(MODULE, mtime=0)
UNPACKED = "failed to decode compressed Wasm module: "
NAMED = PACKED[:3] + b"\x08" + PACKED[4:10]


@pytest.mark.parametrize(
    ("packed", "told"),
    [
        (PACKED[:15], "invalid Wasm module: gzip stream is too short"),
        (PACKED[:30] + bytes(4), f"{UNPACKED}failed to fill whole buffer"),
        (NAMED + b"x" * 10 + bytes([1, 0, 0, 0]), f"{UNPACKED}failed to fill whole buffer"),
        (PACKED[:-8] + bytes(4) + PACKED[-4:], f"{UNPACKED}CRC32 mismatched: value={zlib.crc32(MODULE)}, expected=0"),
        (PACKED[:-4] + b"\5\0\0\0", "specified uncompressed size 5 does not match extracted size 6"),
        (PACKED[:-4] + b"\0\0\1\0", f"specified uncompressed size 65536 does not match extracted size {len(MODULE)}"),
        (PACKED + gzip.compress(b"two"), "specified uncompressed size 3 does not match extracted size 4"),
        (PACKED[:10] + b"\7" + PACKED[11:], f"{UNPACKED}btype 0x11 of DEFLATE is reserved(error) value"),
        (
            PACKED[:10] + b"\1\5\0\0\0" + PACKED[15:],
            f"{UNPACKED}LEN=5 is not the one's complement of NLEN=0",
        ),
        (
            PACKED[:10] + b"\1\5\0\xfa\xffab\0\0",
            f"{UNPACKED}The reader has incorrect length: expected 5, read 4",
        ),
        (
            PACKED[:10] + b"\3\2" + bytes(6),
            f"{UNPACKED}Too long backword reference: buffer.len=0, distance=1",
        ),
        (
            PACKED[:3] + b"\2" + PACKED[4:10] + bytes(8),
            f"{UNPACKED}CRC16 of GZIP header mismatched: value=0, expected=",
        ),
    ],
)
def test_a_packed_module_is_unpacked_or_refused(replica: Replica, packed: bytes, told: str) -> None:
    code, text = refused(
        replica, "install_code", canister_id=created(replica), mode={"install": None}, wasm_module=packed, arg=b""
    )
    assert code == "CanisterInvalidWasm"
    assert f"Canister's Wasm module is not valid: Failed to decode wasm module: {told}" in text


@given(st.integers(10, len(PACKED) - 9), st.integers(0, 255))
def test_whatever_is_wrong_with_a_packed_module_is_told(at: int, byte: int) -> None:
    spoilt = PACKED[:at] + bytes([byte]) + PACKED[at + 1 :]
    found = gunzipped(spoilt)
    if isinstance(found, bytes):
        assert found == MODULE
    else:
        assert found.message.startswith("Canister's Wasm module is not valid: Failed to decode wasm module: ")


def test_the_first_of_two_members_is_the_module_if_both_are_as_large() -> None:
    assert gunzipped(PACKED + gzip.compress(bytes(len(MODULE)))) == MODULE


def test_a_deadline_that_passed_is_told(replica: Replica) -> None:
    canister = installed(replica, IN_HASTE)
    message = submit(replica, canister)
    replica.run_round()
    replica.set_time(replica.time_ns + 10 * 10**9)
    assert replica.run_until_answered(message).reply == b"Call deadline has expired."


def submit(replica: Replica, canister: bytes) -> bytes:
    return replica.submit_ingress(Ingress(ANONYMOUS, canister, "ask", b""))
