"""Upgrades that keep the heap (enhanced orthogonal persistence) into modules that declare another memory."""

import pytest

from local_replica.ingress import Refused
from local_replica.replica import Replica
from support.replicas import created, manage, new_replica, query, update
from support.small_modules import compiled

KEEPING = {"skip_pre_upgrade": None, "wasm_memory_persistence": {"keep": None}}
_SECTION = b"icp:private enhanced-orthogonal-persistence"


def module(memory: str) -> bytes:
    """Grows to five pages and writes into the last; tells the size and that byte. `memory`: least and most pages."""
    code = compiled(
        f"""(module
          (import "ic0" "msg_reply" (func $reply))
          (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
          (memory {memory})
          (func (export "canister_update grow")
            (drop (memory.grow (i32.sub (i32.const 5) (memory.size))))
            (i32.store8 (i32.const 300000) (i32.const 7))
            (call $reply))
          (func (export "canister_query tell")
            (i32.store8 (i32.const 0) (memory.size))
            (call $append (i32.const 0) (i32.const 1))
            (call $append (i32.const 300000) (i32.const 1))
            (call $reply)))"""
    )
    return code + b"\0" + bytes((len(_SECTION) + 1, len(_SECTION))) + _SECTION


@pytest.fixture
def replica() -> Replica:
    return new_replica()


@pytest.fixture
def grown(replica: Replica) -> bytes:
    """A canister of five pages."""
    canister_id = created(replica)
    install(replica, canister_id, module("1"), {"install": None})
    update(replica, canister_id, "grow")
    return canister_id


def install(replica: Replica, canister_id: bytes, code: bytes, mode: dict[str, object]) -> None:
    manage(replica, "install_code", canister_id=canister_id, mode=mode, wasm_module=code, arg=b"")


@pytest.mark.parametrize(("memory", "pages"), [("1", 5), ("5", 5), ("9", 9), ("1 5", 5)])
def test_the_heap_is_kept_and_at_least_what_the_module_declares(
    replica: Replica, grown: bytes, memory: str, pages: int
) -> None:
    install(replica, grown, module(memory), {"upgrade": KEEPING})
    assert query(replica, grown, "tell") == bytes((pages, 7))


def test_a_module_whose_memory_is_too_small_for_it_is_refused(replica: Replica, grown: bytes) -> None:
    with pytest.raises(Refused, match="Failed to instantiate module: the kept memory is larger"):
        install(replica, grown, module("1 4"), {"upgrade": KEEPING})
    assert query(replica, grown, "tell") == bytes((5, 7))
