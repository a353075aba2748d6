"""Starting, stopping, uninstalling and deleting canisters."""

from typing import NoReturn

from candid.principal import from_text
from local_replica.canister import Canister, Change, Status, StopRequest
from local_replica.management.rejections import ContractViolation, DeletesItself, NotStopped, QueuesNotEmpty
from local_replica.management.request import CHANGE_BYTES, ManagementCall
from local_replica.messages import FromCanister
from local_replica.printing import text
from local_replica.rejections import StopCancelled, Uninstalled
from local_replica.subnet import Subnet

GOVERNANCE = from_text("rrkah-fqaaa-aaaaa-aaaaq-cai")
"""May uninstall the code of any canister."""
STOP_TIMEOUT_NS = 300_000_000_000


class Deferred(Exception):
    """The call is answered later."""


def start(call: ManagementCall) -> None:
    """`start_canister`: also cancels a stop under way."""
    canister = call.controlled()
    record = canister.record
    for request in record.stop_requests:
        call.subnet.answer(request.origin, b"", StopCancelled(record.canister_id), request.cycles)
    record.stop_requests.clear()
    if record.status is not Status.RUNNING:
        record.status = Status.RUNNING
    record.version += 1
    call.subnet.stopping.discard(record.canister_id)
    call.subnet.watch(canister)


def stop(call: ManagementCall) -> None:
    """`stop_canister`: answered when nothing is outstanding any more."""
    canister = call.controlled()
    record = canister.record
    record.version += 1
    if record.status is Status.STOPPED:
        return
    record.status = Status.STOPPING
    request = StopRequest(call.call.origin, call.sender, call.cycles, call.now_ns + STOP_TIMEOUT_NS)
    record.stop_requests.append(request)
    call.subnet.stopping.add(record.canister_id)
    raise Deferred


def finish_stops(subnet: Subnet) -> None:
    """Stop each stopping canister that waits for nothing, and tell who asked."""
    for canister_id in sorted(subnet.stopping):
        canister = subnet.canisters[canister_id]
        record = canister.record
        if not record.calls.is_empty or record.queues.has_input:
            continue
        record.status = Status.STOPPED
        record.version += 1
        subnet.stopping.discard(canister_id)
        subnet.changed.add(canister_id)
        for request in record.stop_requests:
            subnet.answer(request.origin, b"", _EMPTY_REPLY, request.cycles)
        record.stop_requests.clear()


_EMPTY_REPLY = b"DIDL\x00\x00"


def uninstall(call: ManagementCall) -> None:
    """`uninstall_code`: module and memories go, open calls are rejected, the canister stays."""
    canister = call.target() if call.sender == GOVERNANCE else call.controlled()
    clear_code(call.subnet, canister)
    canister.record.version += 1
    call.record_change(canister, {"code_uninstall": None})


def clear_code(subnet: Subnet, canister: Canister) -> None:
    """Remove the module and everything that belongs to it, and reject what its callers wait for."""
    record = canister.record
    canister.place(None)
    record.module = None
    record.certified_data = b""
    record.global_timer = 0
    record.chunks.clear()
    record.log.clear()
    subnet.network.garbage = True
    subnet.watch_tasks(canister)
    rejection = Uninstalled()
    for context in list(record.calls.contexts.values()):
        if not context.responded and not context.is_system_task:
            if isinstance(context.origin, FromCanister):
                subnet.reply_from(record, context.origin, rejection, context.available)
            else:
                subnet.answer(context.origin, record.canister_id, rejection, context.available)
            context.responded, context.available = True, 0
        context.deleted = True
        record.calls.close_if_done(context)


def uninstall_for_lack_of_cycles(subnet: Subnet, canister: Canister) -> None:
    """What happens to a canister that can't pay for its existence."""
    record = canister.record
    record.balance = record.reserved = 0
    record.settings.compute_allocation = 0
    record.settings.memory_allocation = 0
    clear_code(subnet, canister)
    record.version += 1
    now = subnet.network.clock.time_ns
    origin: dict[str, object] = {"from_canister": {"canister_id": b"", "canister_version": None}}
    record.history.append(Change(now, record.version, origin, {"code_uninstall": None}, CHANGE_BYTES))
    record.changes += 1


def rename(call: ManagementCall) -> NoReturn:
    """`rename_canister`: for the migration canister of the NNS alone."""
    raise ContractViolation(f"rename_canister is called by {text(call.sender)}. It can only be called by NNS.")


def delete(call: ManagementCall) -> None:
    """`delete_canister`: only a stopped one; its cycles are lost."""
    if call.sender == call.argument["canister_id"]:
        raise DeletesItself(call.sender)
    canister = call.controlled()
    if canister.record.status is not Status.STOPPED:
        raise NotStopped(canister.canister_id)
    if canister.record.queues.has_input or canister.record.queues.outputs:
        raise QueuesNotEmpty(canister.canister_id)
    call.subnet.remove(canister)
