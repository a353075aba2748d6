"""Which system call may be made where (interface specification, "Overview of imports"), and what limits an entry."""

from local_replica.execution.port import Entry

_MODES = {
    Entry.START: "start",
    Entry.INIT: "init",
    Entry.PRE_UPGRADE: "pre upgrade",
    Entry.POST_UPGRADE: "init",
    Entry.INSPECT: "inspect message",
    Entry.UPDATE: "update",
    Entry.REPLICATED_QUERY: "replicated query",
    Entry.QUERY: "non replicated query",
    Entry.COMPOSITE_QUERY: "composite query",
    Entry.HEARTBEAT: "system task",
    Entry.TIMER: "system task",
    Entry.LOW_WASM_MEMORY: "system task",
    Entry.REPLY_CALLBACK: "reply callback",
    Entry.REJECT_CALLBACK: "reject callback",
    Entry.CLEANUP: "cleanup",
    Entry.COMPOSITE_REPLY_CALLBACK: "composite reply callback",
    Entry.COMPOSITE_REJECT_CALLBACK: "composite reject callback",
    Entry.COMPOSITE_CLEANUP: "composite cleanup",
}

_LETTERS = {
    Entry.START: "S",
    Entry.INIT: "I",
    Entry.POST_UPGRADE: "I",
    Entry.PRE_UPGRADE: "G",
    Entry.UPDATE: "U",
    Entry.REPLICATED_QUERY: "R",
    Entry.QUERY: "Q",
    Entry.COMPOSITE_QUERY: "K",
    Entry.REPLY_CALLBACK: "y",
    Entry.REJECT_CALLBACK: "r",
    Entry.COMPOSITE_REPLY_CALLBACK: "Y",
    Entry.COMPOSITE_REJECT_CALLBACK: "X",
    Entry.CLEANUP: "C",
    Entry.COMPOSITE_CLEANUP: "c",
    Entry.INSPECT: "F",
    Entry.HEARTBEAT: "T",
    Entry.TIMER: "T",
    Entry.LOW_WASM_MEMORY: "T",
}
"""A letter for each kind of context, so that the table below can be read beside the specification's."""

_START_TOO = "SIGURQKyrYXCcFT"
_EVERYWHERE = "IGURQKyrYXCcFT"
_ANSWER = "URQKyrYX"
_REPLICATED = "IGURyrCT"
_CALLS = "UKyrYXT"

ALLOWED = {
    "msg_arg_data_size": "IURQKyYF",
    "msg_arg_data_copy": "IURQKyYF",
    "msg_caller_size": _EVERYWHERE,
    "msg_caller_copy": _EVERYWHERE,
    "msg_reject_code": "yrYX",
    "msg_reject_msg_size": "rX",
    "msg_reject_msg_copy": "rX",
    "msg_deadline": "URQKyrYX",
    "msg_reply_data_append": _ANSWER,
    "msg_reply": _ANSWER,
    "msg_reject": _ANSWER,
    "msg_cycles_available": "URyr",
    "msg_cycles_available128": "URyr",
    "msg_cycles_refunded": "yr",
    "msg_cycles_refunded128": "yr",
    "msg_cycles_accept": "URyr",
    "msg_cycles_accept128": "URyr",
    "canister_self_size": _EVERYWHERE,
    "canister_self_copy": _EVERYWHERE,
    "canister_cycle_balance": _EVERYWHERE,
    "canister_cycle_balance128": _EVERYWHERE,
    "canister_liquid_cycle_balance128": _EVERYWHERE,
    "canister_status": _EVERYWHERE,
    "canister_version": _EVERYWHERE,
    "subnet_self_size": _EVERYWHERE,
    "subnet_self_copy": _EVERYWHERE,
    "msg_method_name_size": "F",
    "msg_method_name_copy": "F",
    "accept_message": "F",
    "call_new": _CALLS,
    "call_on_cleanup": _CALLS,
    "call_data_append": _CALLS,
    "call_with_best_effort_response": _CALLS,
    "call_cycles_add": "UyrT",
    "call_cycles_add128": "UyrT",
    "call_perform": _CALLS,
    "stable_size": _START_TOO,
    "stable_grow": _START_TOO,
    "stable_write": _START_TOO,
    "stable_read": _START_TOO,
    "stable64_size": _START_TOO,
    "stable64_grow": _START_TOO,
    "stable64_write": _START_TOO,
    "stable64_read": _START_TOO,
    "root_key_size": _REPLICATED + "R",
    "root_key_copy": _REPLICATED + "R",
    "certified_data_set": "IGUyrT",
    "data_certificate_present": _EVERYWHERE,
    "data_certificate_size": "QKYXc",
    "data_certificate_copy": "QKYXc",
    "time": _EVERYWHERE,
    "global_timer_set": "IGUyrCT",
    "performance_counter": _START_TOO,
    "is_controller": _EVERYWHERE,
    "in_replicated_execution": _EVERYWHERE,
    "cost_call": _EVERYWHERE,
    "cost_create_canister": _EVERYWHERE,
    "cost_http_request": _EVERYWHERE,
    "cost_sign_with_ecdsa": _EVERYWHERE,
    "cost_sign_with_schnorr": _EVERYWHERE,
    "cost_vetkd_derive_key": _EVERYWHERE,
    "env_var_count": _EVERYWHERE,
    "env_var_name_size": _EVERYWHERE,
    "env_var_name_copy": _EVERYWHERE,
    "env_var_name_exists": _EVERYWHERE,
    "env_var_value_size": _EVERYWHERE,
    "env_var_value_copy": _EVERYWHERE,
    "cycles_burn128": "IGURyrCT",
    "mint_cycles128": "UyrT",
    "debug_print": _START_TOO,
    "trap": _START_TOO,
}

_UNKNOWN_PREFIX = frozenset({"root_key_copy"})


def mode(entry: Entry) -> str:
    """What the replica calls this context in an error."""
    return _MODES[entry]


def name_in_error(function: str) -> str:
    """How an error names a system call; the replica is not uniform in that."""
    return f"ic0.{function}" if function in _UNKNOWN_PREFIX else f"ic0_{function}"


PERMITTED: dict[Entry, frozenset[str]] = {
    entry: frozenset(name for name, letters in ALLOWED.items() if letter in letters)
    for entry, letter in _LETTERS.items()
}

REPLICATED = frozenset(Entry) - {
    Entry.QUERY,
    Entry.COMPOSITE_QUERY,
    Entry.COMPOSITE_REPLY_CALLBACK,
    Entry.COMPOSITE_REJECT_CALLBACK,
    Entry.COMPOSITE_CLEANUP,
    Entry.INSPECT,
}


def kept_for_callback(limit: int) -> int:
    """What a callback may take of a message's instructions: five of a hundred are for its cleanup."""
    return limit - limit * 5 // 100


_QUERY_LIMIT = 5_000_000_000
UPDATE_LIMIT = 40_000_000_000
_INSTALL_LIMIT = 300_000_000_000
_INSPECT_LIMIT = 200_000_000

INSTRUCTION_LIMIT: dict[Entry, int] = {
    **dict.fromkeys(Entry, UPDATE_LIMIT),
    **dict.fromkeys((Entry.START, Entry.INIT, Entry.PRE_UPGRADE, Entry.POST_UPGRADE), _INSTALL_LIMIT),
    **dict.fromkeys(frozenset(Entry) - REPLICATED, _QUERY_LIMIT),
    Entry.REPLICATED_QUERY: _QUERY_LIMIT,
    Entry.INSPECT: _INSPECT_LIMIT,
    **dict.fromkeys((Entry.REPLY_CALLBACK, Entry.REJECT_CALLBACK), kept_for_callback(UPDATE_LIMIT)),
}
"""Instructions for a whole message, as the recordings have them."""

SLICED = (
    frozenset(Entry)
    - frozenset((Entry.REPLICATED_QUERY, Entry.QUERY, Entry.COMPOSITE_QUERY, Entry.INSPECT, Entry.COMPOSITE_CLEANUP))
    - {Entry.COMPOSITE_REPLY_CALLBACK, Entry.COMPOSITE_REJECT_CALLBACK}
)
"""Entries that the replica runs in slices, where one system call may not cost more than a slice."""
SLICE_LIMIT = 2_000_000_000

_GIB_PAGES = (1 << 30) // 4096
STABLE_PAGES = {
    **dict.fromkeys(Entry, _GIB_PAGES),
    **dict.fromkeys(REPLICATED - {Entry.REPLICATED_QUERY}, 2 * _GIB_PAGES),
    **dict.fromkeys((Entry.INIT, Entry.PRE_UPGRADE, Entry.POST_UPGRADE), 8 * _GIB_PAGES),
}
"""Pages of stable memory (4 KiB) that a message may access, by the replica's source."""

MEMORY_LIMITED = frozenset(
    (
        Entry.START,
        Entry.INIT,
        Entry.POST_UPGRADE,
        Entry.UPDATE,
    )
)
"""Entries that the canister's `wasm_memory_limit` binds."""
