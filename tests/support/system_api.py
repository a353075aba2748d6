"""The system API as the interface specification lists it ("Overview of imports"), and modules that use one function."""

from local_replica.execution.contexts import PERMITTED
from local_replica.execution.port import Entry
from local_replica.execution.signatures import SIGNATURES

EVERYWHERE = "I G U RQ NRQ CQ Ry Rt CRy CRt C CC F T"
_ANSWERS = "U RQ NRQ CQ Ry Rt CRy CRt"
_CALLS = "U CQ Ry Rt CRy CRt T"
_ARGUMENT = "I U RQ NRQ CQ Ry CRy F"
_INFO = "U RQ NRQ CQ Ry Rt CRy CRt C CC F"
_TABLE: dict[str, tuple[str, ...]] = {
    _ARGUMENT: ("msg_arg_data_size", "msg_arg_data_copy"),
    EVERYWHERE: (
        *("msg_caller_size", "msg_caller_copy", "canister_self_size", "canister_self_copy"),
        *("canister_cycle_balance", "canister_cycle_balance128", "canister_liquid_cycle_balance128"),
        *("canister_status", "canister_version", "subnet_self_size", "subnet_self_copy"),
        *("data_certificate_present", "time"),
        *("env_var_count", "env_var_name_size", "env_var_name_copy", "env_var_name_exists"),
        *("env_var_value_size", "env_var_value_copy"),
    ),
    f"{EVERYWHERE} s": (
        *("stable_size", "stable_grow", "stable_write", "stable_read"),
        *("stable64_size", "stable64_grow", "stable64_write", "stable64_read"),
        *("performance_counter", "is_controller", "in_replicated_execution"),
        *("cost_call", "cost_create_canister", "cost_http_request"),
        *("cost_sign_with_ecdsa", "cost_sign_with_schnorr", "cost_vetkd_derive_key"),
        *("debug_print", "trap"),
    ),
    _INFO: (
        *("msg_caller_info_data_size", "msg_caller_info_data_copy"),
        *("msg_caller_info_signer_size", "msg_caller_info_signer_copy"),
    ),
    "Ry Rt CRy CRt C": ("msg_reject_code",),
    "Rt CRt": ("msg_reject_msg_size", "msg_reject_msg_copy"),
    _ANSWERS: ("msg_deadline", "msg_reply_data_append", "msg_reply", "msg_reject"),
    "U RQ Ry Rt": (*("msg_cycles_available", "msg_cycles_available128", "msg_cycles_accept", "msg_cycles_accept128"),),
    "Ry Rt": ("msg_cycles_refunded", "msg_cycles_refunded128"),
    "I G U RQ Ry Rt C T": ("cycles_burn128", "root_key_size", "root_key_copy"),
    "F": ("msg_method_name_size", "msg_method_name_copy", "accept_message"),
    _CALLS: ("call_new", "call_on_cleanup", "call_data_append", "call_with_best_effort_response", "call_perform"),
    "U Ry Rt T": ("call_cycles_add", "call_cycles_add128", "mint_cycles128"),
    "I G U Ry Rt T": ("certified_data_set",),
    "NRQ CQ": ("data_certificate_size", "data_certificate_copy"),
    "I G U Ry Rt C T": ("global_timer_set",),
}
SPECIFIED = {name: contexts.split() for contexts, names in _TABLE.items() for name in names}
"""Each function with the contexts that the specification names for it."""
REFUSED = ("msg_caller_info_data_size", "msg_caller_info_data_copy", "msg_caller_info_signer_size")
REFUSED += ("msg_caller_info_signer_copy",)
"""Functions newer than PocketIC 10: a module that imports one is not installed."""
ENTRIES: dict[str, tuple[Entry, ...]] = {
    "s": (Entry.START,),
    "I": (Entry.INIT, Entry.POST_UPGRADE),
    "G": (Entry.PRE_UPGRADE,),
    "U": (Entry.UPDATE,),
    "RQ": (Entry.REPLICATED_QUERY,),
    "NRQ": (Entry.QUERY,),
    "CQ": (Entry.COMPOSITE_QUERY,),
    "Ry": (Entry.REPLY_CALLBACK,),
    "Rt": (Entry.REJECT_CALLBACK,),
    "CRy": (Entry.COMPOSITE_REPLY_CALLBACK,),
    "CRt": (Entry.COMPOSITE_REJECT_CALLBACK,),
    "C": (Entry.CLEANUP,),
    "CC": (Entry.COMPOSITE_CLEANUP,),
    "F": (Entry.INSPECT,),
    "T": (Entry.HEARTBEAT, Entry.TIMER, Entry.LOW_WASM_MEMORY),
}
"""The specification's letters, and the entry points that they stand for."""


def permitted(name: str) -> list[str]:
    """The contexts in which the replica lets the function be called, by the specification's letters."""
    return [letters for letters, entries in ENTRIES.items() if all(name in PERMITTED[entry] for entry in entries)]


def using(name: str, *, at_start: bool = False) -> str:
    """A module that calls the function with zeros from every entry point (or from its start function)."""
    params, results = SIGNATURES[False].get(name, ((), ("i32",)))
    zeros = " ".join(f"({kind}.const 0)" for kind in params)
    call = f"(call $f {zeros})"
    start = "(start $use)" if at_start else ""
    exports = ("canister_init", "canister_pre_upgrade", "canister_post_upgrade", "canister_inspect_message")
    exports += ("canister_update m", "canister_query m", "canister_composite_query m", "canister_heartbeat")
    exports += ("canister_global_timer", "canister_on_low_wasm_memory")
    return f"""(module
      (import "ic0" "{name}" (func $f (param {" ".join(params)}) (result {" ".join(results)})))
      (memory 1) (table funcref (elem $callback)) {start}
      (func $use {f"(drop {call})" if results else call})
      (func $callback (param i32) (call $use))
      {"".join(f'(func (export "{export}") (call $use))' for export in _distinct(exports))})"""


def _distinct(exports: tuple[str, ...]) -> list[str]:
    """One method each for the three kinds."""
    kinds = {"canister_update m": "canister_update u", "canister_query m": "canister_query q"}
    kinds |= {"canister_composite_query m": "canister_composite_query c"}
    return [kinds.get(export, export) for export in exports]
