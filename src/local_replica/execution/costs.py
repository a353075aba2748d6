"""What system calls cost in instructions: as published for the replica and read off recorded balances.

Each call costs a fixed overhead; where it moves bytes, one of its arguments says how many, and each costs a factor.
What reaches the log (`debug_print`, `trap`) is charged by the room that is left there (`ic0/log_room.py`).
"""

_PLAIN = 500
PER_BYTE = 1
DIRTY_PAGE = 1_000
"""For each 4 KiB page of heap or stable memory that a message changes."""
TRANSMITTED_PER_BYTE = 50
"""Bytes that leave the sandbox: replies, calls, logs."""
STORED_PER_BYTE = 2
"""Bytes of a log line: their place, and that of the lines that give way."""

_OVERHEAD = {
    "stable_size": 0,
    "stable64_size": 0,
    "call_new": 1_500,
    "call_perform": 5_000,
    "debug_print": 100,
    "is_controller": 1_000,
    "performance_counter": 200,
    "stable_read": 20,
    "stable_write": 20,
    "stable_grow": 100,
    "stable64_read": 20,
    "stable64_write": 20,
    "stable64_grow": 100,
}

_BYTES = {
    "msg_arg_data_copy": (2, PER_BYTE),
    "msg_caller_copy": (2, PER_BYTE),
    "msg_method_name_copy": (2, PER_BYTE),
    "msg_reject_msg_copy": (2, PER_BYTE),
    "canister_self_copy": (2, PER_BYTE),
    "subnet_self_copy": (2, PER_BYTE),
    "root_key_copy": (2, PER_BYTE),
    "data_certificate_copy": (2, PER_BYTE),
    "certified_data_set": (1, PER_BYTE),
    "is_controller": (1, PER_BYTE),
    "stable_read": (2, PER_BYTE),
    "stable_write": (2, PER_BYTE),
    "stable64_read": (2, PER_BYTE),
    "stable64_write": (2, PER_BYTE),
    "env_var_name_copy": (3, PER_BYTE),
    "env_var_value_copy": (4, PER_BYTE),
    "msg_reply_data_append": (1, TRANSMITTED_PER_BYTE),
    "msg_reject": (1, TRANSMITTED_PER_BYTE),
    "call_data_append": (1, TRANSMITTED_PER_BYTE),
}


def cost(name: str) -> tuple[int, int | None, int]:
    """(overhead, position of the argument that counts bytes or None, instructions a byte)."""
    position, factor = _BYTES.get(name, (None, 0))
    return _OVERHEAD.get(name, _PLAIN), position, factor
