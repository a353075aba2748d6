"""What an installation does in the replica's order: the old module's pre_upgrade before the new module is looked at."""

import pytest

from local_replica.cycles import compilation
from local_replica.cycles.costs import Fees
from local_replica.execution.binary import read_module
from local_replica.ingress import Refused
from local_replica.replica import Replica
from support.replicas import created, install, installed, manage, new_replica, query, update
from support.small_modules import compiled

STUBBORN = """
(module
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (memory 1) (data (i32.const 0) "not now")
  (func (export "canister_pre_upgrade")
    (call $print (i32.const 0) (i32.const 7)) (call $trap (i32.const 0) (i32.const 7))))
"""
WILLING = """
(module
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (memory 1) (data (i32.const 0) "good bye")
  (func (export "canister_pre_upgrade") (call $print (i32.const 0) (i32.const 8))))
"""
NOTING = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1)
  (func (export "canister_pre_upgrade") (i32.store8 (i32.const 0) (i32.const 7)))
  (func (export "canister_query noted") (call $append (i32.const 0) (i32.const 1)) (call $reply)))
"""
VERSIONED = """
(module
  (import "ic0" "canister_version" (func $version (result i64)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1)
  (func $keep (i64.store (i32.const 0) (call $version)))
  (func (export "canister_init") (call $keep))
  (func (export "canister_post_upgrade") (call $keep))
  (func (export "canister_query seen") (call $append (i32.const 0) (i32.const 8)) (call $reply)))
"""
TALKATIVE = """
(module
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (memory 1) (data (i32.const 0) "hello")
  (func (export "canister_init") (call $print (i32.const 0) (i32.const 5)) unreachable)
  (func (export "canister_update talk") (call $print (i32.const 0) (i32.const 5))))
"""
GREETING = """
(module
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1) (data (i32.const 0) "old")
  (func (export "canister_update greet") (call $print (i32.const 0) (i32.const 3)) (call $reply)))
"""
LARGE = '(module (memory 10) (func (export "canister_init") unreachable))'
SECTION = b"icp:private enhanced-orthogonal-persistence"
PERSISTENT = bytes((0, len(SECTION) + 2, len(SECTION))) + SECTION + b"\1"


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def lines(replica: Replica, canister: bytes) -> list[str]:
    record = replica.network.subnet_of(canister)
    assert record is not None
    return [line.content.decode() for line in record.canisters[canister].record.log.records]


def upgraded(replica: Replica, canister: bytes, module: bytes) -> str:
    """Why the upgrade is refused."""
    with pytest.raises(Refused) as refused:
        manage(replica, "install_code", canister_id=canister, mode={"upgrade": None}, wasm_module=module, arg=b"")
    return f"{refused.value.reject.error_code}: {refused.value.reject.message}"


@pytest.mark.parametrize("module", [b"none", b"", compiled('(module (import "x" "y" (func)))'), compiled(WILLING)])
def test_pre_upgrade_fails_before_the_new_module_is_looked_at(replica: Replica, module: bytes) -> None:
    canister = installed(replica, STUBBORN)
    before = replica.cycles(canister)
    assert upgraded(replica, canister, module).startswith("CanisterCalledTrap: ")
    assert lines(replica, canister) == ["not now", "[TRAP]: not now"]
    paid = before - replica.cycles(canister)
    looked_at = compilation.instrumented_size(read_module(compiled(WILLING))) * 6_000
    assert paid < Fees().execution(looked_at) + Fees().ingress(1_000)


def test_what_a_module_is_refused_for_comes_after_pre_upgrade(replica: Replica) -> None:
    canister = installed(replica, WILLING)
    assert "Failed to decode wasm module" in upgraded(replica, canister, b"none")
    assert lines(replica, canister) == ["good bye"]


def test_what_pre_upgrade_did_is_undone_where_the_new_module_has_too_little_room(replica: Replica) -> None:
    canister = installed(replica, NOTING)
    manage(replica, "update_settings", canister_id=canister, settings={"freezing_threshold": 10**12})
    assert "Canister cannot grow memory" in upgraded(replica, canister, compiled("(module (memory 8000))"))
    assert query(replica, canister, "noted") == b"\0"


def test_a_missing_option_is_told_before_a_module_that_is_none(replica: Replica) -> None:
    canister = created(replica)
    given = compiled("(module)") + PERSISTENT
    manage(replica, "install_code", canister_id=canister, mode={"install": None}, wasm_module=given, arg=b"")
    assert "Missing upgrade option: " in upgraded(replica, canister, b"none")


def test_new_code_runs_as_the_next_version(replica: Replica) -> None:
    canister = installed(replica, VERSIONED)
    assert query(replica, canister, "seen") == (1).to_bytes(8, "little")
    install(replica, canister, VERSIONED, "upgrade")
    assert query(replica, canister, "seen") == (2).to_bytes(8, "little")


def test_an_installation_that_fails_forgets_the_log_all_the_same(replica: Replica) -> None:
    canister = installed(replica, GREETING)
    update(replica, canister, "greet")
    with pytest.raises(Refused, match="Failed to decode"):
        manage(replica, "install_code", canister_id=canister, mode={"reinstall": None}, wasm_module=b"none", arg=b"")
    assert lines(replica, canister) == ["old"]
    with pytest.raises(Refused, match="unreachable"):
        install(replica, canister, TALKATIVE, "reinstall")
    assert lines(replica, canister)[0] == "hello"


def test_a_trap_comes_before_a_memory_that_is_too_large_from_the_start(replica: Replica) -> None:
    canister = created(replica)
    manage(replica, "update_settings", canister_id=canister, settings={"wasm_memory_limit": 65_536})
    with pytest.raises(Refused, match="unreachable"):
        install(replica, canister, LARGE)
    with pytest.raises(Refused, match="Canister exceeded its current Wasm memory limit of 65536 bytes"):
        install(replica, canister, "(module (memory 10))")
