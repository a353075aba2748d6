"""What may be learned of a canister: status, history, metadata sections."""

from candid.principal import from_text
from local_replica.canister import Canister, Status
from local_replica.cycles import balance
from local_replica.execution.binary import read_module
from local_replica.management.rejections import NotAController
from local_replica.management.request import ManagementCall
from local_replica.printing import text
from local_replica.rejections import Rejection
from local_replica.subnet import Subnet

SEVERAL_CONTROLLERS = from_text("ifxlm-aqaaa-multi-pleco-ntrol-lersa-h3ae")
NO_CONTROLLER = from_text("zrl4w-cqaaa-nocon-troll-eraaa-d5qc")


def status(call: ManagementCall) -> dict[str, object]:
    """`canister_status`: for controllers and the canister itself."""
    canister = call.target()
    if call.sender not in (*canister.controllers, canister.canister_id):
        raise NotAController(canister.canister_id, canister.controllers, call.sender)
    return status_of(call.subnet, canister)


def status_of(subnet: Subnet, canister: Canister) -> dict[str, object]:
    """The record that `canister_status` answers."""
    record = canister.record
    controller = _controller(record.controllers)
    return {
        "status": {record.status.name.lower(): None},
        "ready_for_migration": record.status is Status.STOPPED and not record.queues.has_input,
        "version": record.version,
        "settings": _settings(canister, controller),
        "module_hash": canister.module_hash,
        "controller": controller,
        "memory_size": balance.memory_usage(canister),
        "memory_metrics": _memory_metrics(canister),
        "cycles": record.balance,
        "balance": [(b"\x00", record.balance)],
        "freezing_threshold": record.settings.freezing_threshold,
        "reserved_cycles": record.reserved,
        "idle_cycles_burned_per_day": balance.idle_per_day(subnet.fees, canister),
        "query_stats": {
            "num_calls_total": record.queried.calls,
            "num_instructions_total": record.queried.instructions,
            "request_payload_bytes_total": record.queried.request_bytes,
            "response_payload_bytes_total": record.queried.response_bytes,
        },
    }


def _controller(controllers: tuple[bytes, ...]) -> bytes:
    """The one controller, or the principals that stand for several and for none (`ic.did` of older days)."""
    if len(controllers) == 1:
        return controllers[0]
    return SEVERAL_CONTROLLERS if controllers else NO_CONTROLLER


def _settings(canister: Canister, controller: bytes) -> dict[str, object]:
    settings = canister.record.settings
    visibility = settings.log_visibility
    return {
        "controller": controller,
        "controllers": list(canister.record.controllers),
        "compute_allocation": settings.compute_allocation,
        "memory_allocation": settings.memory_allocation,
        "freezing_threshold": settings.freezing_threshold,
        "reserved_cycles_limit": settings.reserved_cycles_limit,
        "log_visibility": {visibility: list(settings.log_viewers) if visibility == "allowed_viewers" else None},
        "log_memory_limit": settings.log_memory_limit,
        "wasm_memory_limit": settings.wasm_memory_limit,
        "wasm_memory_threshold": settings.wasm_memory_threshold,
        "environment_variables": [{"name": name, "value": value} for name, value in settings.environment_variables],
    }


def _memory_metrics(canister: Canister) -> dict[str, object]:
    record, instance, module = canister.record, canister.instance, canister.record.module
    return {
        "wasm_memory_size": instance.heap_bytes() if instance else 0,
        "stable_memory_size": instance.stable_bytes() if instance else 0,
        "global_memory_size": module.globals_bytes if module else 0,
        "wasm_binary_size": module.size if module else 0,
        "custom_sections_size": module.custom_sections_bytes if module else 0,
        "canister_history_size": sum(change.size for change in record.history),
        "wasm_chunk_store_size": balance.chunk_store_bytes(canister),
        "snapshots_size": sum(snapshot.size for snapshot in record.snapshots.values()),
    }


def info(call: ManagementCall) -> dict[str, object]:
    """`canister_info`: the history, for canisters."""
    canister = call.target()
    record = canister.record
    wanted = min(call.argument["num_requested_changes"] or 0, len(record.history))
    changes = record.history[len(record.history) - wanted :]
    return {
        "total_num_changes": record.changes,
        "recent_changes": [
            {
                "timestamp_nanos": change.timestamp_ns,
                "canister_version": change.version,
                "origin": change.origin,
                "details": change.details,
            }
            for change in changes
        ],
        "module_hash": canister.module_hash,
        "controllers": list(record.controllers),
    }


def metadata(call: ManagementCall) -> dict[str, object]:
    """`canister_metadata`: an "icp:public" section for anybody, an "icp:private" one for controllers."""
    canister = call.target()
    name = call.argument["name"]
    module = canister.record.module
    if module is None:
        raise Rejection(
            f"The canister {text(canister.canister_id)} has no Wasm module and hence no metadata is available."
        )
    sections = dict(read_module(call.subnet.network.blobs[module.blob]).custom_sections())
    public = sections.get(f"icp:public {name}")
    if public is not None:
        return {"value": public}
    private = sections.get(f"icp:private {name}")
    if private is None or call.sender not in canister.controllers:
        raise Rejection(f"The canister {text(canister.canister_id)} has no metadata section with the name {name}.")
    return {"value": private}
