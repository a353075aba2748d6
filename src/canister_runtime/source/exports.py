"""The functions that a canister's module exports, in the order in which the dispatcher counts them."""

from canister_runtime.source.model import CanisterModel

TIMER_EXECUTOR = "<ic-cdk internal> timer_executor"
"""The method by which a canister calls itself once per due timer, so that a callback that traps traps alone."""

ALWAYS_EXPORTED = (
    "canister_init",
    "canister_post_upgrade",
    "canister_global_timer",
    f"canister_update {TIMER_EXECUTOR}",
)
"""Kybra writes init and post_upgrade for every canister, since they start the interpreter, and its timers' library
brings the global timer and its executor."""

EXPORTED_WHEN_DECLARED = {
    "pre_upgrade": "canister_pre_upgrade",
    "heartbeat": "canister_heartbeat",
    "inspect_message": "canister_inspect_message",
}


def export_names(model: CanisterModel) -> tuple[str, ...]:
    """Export names as the interface specification (section "Entry points") writes them, methods first."""
    methods = tuple(f"canister_{method.mode} {method.name}" for method in model.methods)
    declared = {hook.kind for hook in model.hooks}
    hooks = tuple(name for kind, name in EXPORTED_WHEN_DECLARED.items() if kind in declared)
    return methods + ALWAYS_EXPORTED + hooks
