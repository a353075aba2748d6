"""Types of the system calls (interface specification, "Overview of imports"); `I` is i32, or i64 with memory64."""

_Signature = tuple[tuple[str, ...], tuple[str, ...]]

_TABLE = """
msg_arg_data_size -> I
msg_arg_data_copy I I I
msg_caller_size -> I
msg_caller_copy I I I
msg_reject_code -> i32
msg_reject_msg_size -> I
msg_reject_msg_copy I I I
msg_deadline -> i64
msg_reply_data_append I I
msg_reply
msg_reject I I
msg_cycles_available -> i64
msg_cycles_available128 I
msg_cycles_refunded -> i64
msg_cycles_refunded128 I
msg_cycles_accept i64 -> i64
msg_cycles_accept128 i64 i64 I
canister_self_size -> I
canister_self_copy I I I
canister_cycle_balance -> i64
canister_cycle_balance128 I
canister_liquid_cycle_balance128 I
canister_status -> i32
canister_version -> i64
subnet_self_size -> I
subnet_self_copy I I I
msg_method_name_size -> I
msg_method_name_copy I I I
accept_message
call_new I I I I I I I I
call_on_cleanup I I
call_data_append I I
call_with_best_effort_response i32
call_cycles_add i64
call_cycles_add128 i64 i64
call_perform -> i32
stable_size -> i32
stable_grow i32 -> i32
stable_write i32 i32 i32
stable_read i32 i32 i32
stable64_size -> i64
stable64_grow i64 -> i64
stable64_write i64 i64 i64
stable64_read i64 i64 i64
root_key_size -> I
root_key_copy I I I
certified_data_set I I
data_certificate_present -> i32
data_certificate_size -> I
data_certificate_copy I I I
time -> i64
global_timer_set i64 -> i64
performance_counter i32 -> i64
is_controller I I -> i32
in_replicated_execution -> i32
cost_call i64 i64 I
cost_create_canister I
cost_http_request i64 i64 I
cost_sign_with_ecdsa I I i32 I -> i32
cost_sign_with_schnorr I I i32 I -> i32
cost_vetkd_derive_key I I i32 I -> i32
env_var_count -> I
env_var_name_size I -> I
env_var_name_copy I I I I
env_var_name_exists I I -> i32
env_var_value_size I I -> I
env_var_value_copy I I I I I
cycles_burn128 i64 i64 I
mint_cycles128 i64 i64 I
debug_print I I
trap I I
"""


def _read(row: str) -> tuple[str, _Signature]:
    head, _, result = row.partition(" -> ")
    name, *params = head.split()
    return name, (tuple(params), tuple(result.split()))


_ROWS = dict(_read(row) for row in _TABLE.strip().splitlines())


_OF_32_BITS = frozenset(
    (
        "call_cycles_add",
        "canister_cycle_balance",
        "msg_cycles_accept",
        "msg_cycles_available",
        "msg_cycles_refunded",
        "stable_grow",
        "stable_read",
        "stable_size",
        "stable_write",
    )
)
"""Calls that modules with memory64 cannot import: each has a successor with wider numbers."""


def _with_pointers(pointer: str, absent: frozenset[str] = frozenset()) -> dict[str, _Signature]:
    return {
        name: (
            tuple(pointer if kind == "I" else kind for kind in params),
            tuple(pointer if kind == "I" else kind for kind in results),
        )
        for name, (params, results) in _ROWS.items()
        if name not in absent
    }


SIGNATURES = {False: _with_pointers("i32"), True: _with_pointers("i64", absent=_OF_32_BITS)}
"""`SIGNATURES[is memory64][name]` is (parameters, results)."""

NEED_MEMORY = frozenset(name for name, (params, _) in _ROWS.items() if "I" in params) - {
    "call_on_cleanup",
    "env_var_name_size",
}
"""Calls that read or write the module's memory, and fail in a module that has none."""
