"""Rejections of the management canister, worded as PocketIC 10 words them."""

from local_replica.rejections import ERROR_NUMBERS, OutOfCycles, Rejection, amount, text
from local_replica.units import readable_bytes

_REFERENCE = "See documentation: https://internetcomputer.org/docs/current/references/execution-errors#"
_INTERNAL = "This is an internal error on the IC. Please report it to IC devs on the forum: https://forum.dfinity.org"


class UnknownMethod(Rejection):
    error_code = "CanisterMethodNotFound"
    numbered = True

    def __init__(self, method: str) -> None:
        super().__init__(f"Management canister has no method '{method}'")


class UnknownQueryMethod(Rejection):
    error_code = "CanisterMethodNotFound"

    def __init__(self, method: str) -> None:
        super().__init__(f"Query method {method} not found.")


class UnknownIngressMethod(Rejection):
    error_code = "CanisterMethodNotFound"

    def __init__(self, method: str) -> None:
        super().__init__(f"ic00 interface does not expose method {method}")


class NotByIngress(Rejection):
    def __init__(self, method: str) -> None:
        super().__init__(f"ic00 method {method} can not be called via ingress messages")


class OnlyCanisters(Rejection):
    def __init__(self, method: str) -> None:
        super().__init__(f"Only canisters can call ic00 method {method}")


class OnlyEndUsers(Rejection):
    def __init__(self) -> None:
        super().__init__("fetch_canister_logs API is only accessible to end users in non-replicated mode")


class BadPayload(Rejection):
    """The argument does not decode."""

    error_code = "InvalidManagementPayload"


class BadInstallation(BadPayload):
    """The same of `install_code` and `install_chunked_code`."""

    numbered = True


class BadIngressPayload(Rejection):
    error_code = "InvalidManagementPayload"

    def __init__(self, method: str, reason: str) -> None:
        number = ERROR_NUMBERS[self.error_code]
        super().__init__(f"Failed to parse payload for ic00 method {method}: IC{number:04}: {reason}")


class NotAController(Rejection):
    """At execution."""

    error_code = "CanisterInvalidController"

    def __init__(self, canister_id: bytes, controllers: tuple[bytes, ...], sender: bytes) -> None:
        names = " ".join(text(controller) for controller in controllers)
        super().__init__(
            f"Only the controllers of the canister {text(canister_id)} can control it.\nCanister's controllers: "
            f"{names}\n"
            f"Sender's ID: {text(sender)}\nExecute this call from a controller of the target canister or add the "
            "current "
            f"caller as a controller. {_REFERENCE}invalid-controller"
        )


class NotAControllerAtIngress(Rejection):
    error_code = "CanisterInvalidController"

    def __init__(self, canister_id: bytes, method: str) -> None:
        super().__init__(f"Only controllers of canister {text(canister_id)} can call ic00 method {method}")


class NotEmpty(Rejection):
    error_code = "CanisterNonEmpty"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} cannot be installed because the canister is not empty. Try installing with "
            "mode='reinstall' instead.\nCheck that you want to overwrite the canister and, if so, use "
            "mode='reinstall'. "
            f"{_REFERENCE}canister-not-empty"
        )


class NotStopped(Rejection):
    error_code = "CanisterNotStopped"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} must be stopped before it is deleted.\nStop the canister before "
            "deleting it. "
            f"{_REFERENCE}delete-canister-not-stopped"
        )


class InstallationUnpaid(Rejection):
    """The balance does not cover an installation."""

    error_code = "CanisterOutOfCycles"

    def __init__(self, canister_id: bytes, missing: int) -> None:
        super().__init__(
            f"Canister installation failed with `Canister {text(canister_id)} is out of cycles: please top up the "
            "canister "
            f"with at least {amount(missing)} additional cycles`.\nTop up the canister with more cycles. "
            f"{_REFERENCE}install-code-not-enough-cycles"
        )


class CreationUnpaid(Rejection):
    error_code = "InsufficientCyclesForCreateCanister"

    def __init__(self, fee: int, received: int) -> None:
        super().__init__(
            f"Creating a canister requires a fee of {amount(fee)} that is deducted from the canister's initial "
            "balance but "
            f"only {amount(received)} cycles were received with the create_canister request.\nTry sending more "
            "cycles with "
            f"the request. {_REFERENCE}create-canister-not-enough-cycles"
        )


class ContractViolation(Rejection):
    """An argument that the method does not allow."""

    error_code = "CanisterContractViolation"

    @classmethod
    def out_of_range(cls, what: str, upper: str, got: int) -> "ContractViolation":
        """A setting outside its range, `upper` as printed."""
        return cls(f"{what} expected to be in the range {upper}, got {amount(got)}")


class ChunkStoreError(Rejection):
    error_code = "CanisterContractViolation"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Error from Wasm chunk store: {reason}.\nUse the `stored_chunks` API to check which hashes are "
            "present or top "
            f"up the canister if it is low on cycles. {_REFERENCE}wasm-chunk-store-error"
        )


class InvalidPayload(Rejection):
    """An argument that decodes and makes no sense."""

    error_code = "InvalidManagementPayload"


class MemoryAllocationTooSmall(Rejection):
    error_code = "InsufficientMemoryAllocation"

    def __init__(self, given: int, needed: int) -> None:
        super().__init__(
            f"Canister was given {readable_bytes(given)} memory allocation but at least {amount(needed)} of memory is "
            f"needed.\nTry increasing the canister's memory allocation. {_REFERENCE}not-enough-memory-allocation-given"
        )


class SubnetOversubscribed(Rejection):
    error_code = "SubnetOversubscribed"

    def __init__(self, requested: int, available: int) -> None:
        super().__init__(
            f"Canister requested {readable_bytes(requested)} of memory but only {readable_bytes(available)} are "
            "available "
            f"in the subnet.\nTry moving to another subnet. {_REFERENCE}subnet-memory-capacity-oversubscribed"
        )


class ComputeOversubscribed(Rejection):
    error_code = "SubnetOversubscribed"

    def __init__(self, requested: int, available: int) -> None:
        super().__init__(
            f"Canister requested a compute allocation of {requested}% which cannot be satisfied because the Subnet's "
            f"remaining compute capacity is {available}%.\nTry moving to another subnet. "
            f"{_REFERENCE}subnet-compute-capacity-oversubscribed"
        )


class AllocationUnpaid(Rejection):
    """A larger allocation would freeze the canister, or reserves more cycles than there are."""

    error_code = "InsufficientCyclesInMemoryAllocation"

    def __init__(self, what: str, to: str, missing: int) -> None:
        super().__init__(
            f"Cannot increase {what} allocation to {to} due to insufficient cycles. At least {amount(missing)} "
            "additional "
            f"cycles are required.\nTop up the canister with more cycles. "
            f"{_REFERENCE}insufficient-cycles-in-{what}-allocation"
        )

    @classmethod
    def of_memory(cls, size: int, missing: int) -> "AllocationUnpaid":
        return cls("memory", allocated(size), missing)

    @classmethod
    def of_compute(cls, percent: int, missing: int) -> "AllocationUnpaid":
        return ComputeUnpaid("compute", f"{percent}%", missing)


class ComputeUnpaid(AllocationUnpaid):
    error_code = "InsufficientCyclesInComputeAllocation"


def allocated(size: int) -> str:
    """A memory allocation as the replica prints it."""
    return readable_bytes(size) if size else "best-effort"


_MORE_RESERVE = (
    "Try increasing this canister's reserved cycles limit or moving it to a subnet with lower memory usage. "
    f"{_REFERENCE}reserved-cycles-limit-exceeded-in-memory"
)


class ReservedTooMuchForAllocation(Rejection):
    error_code = "ReservedCyclesLimitExceededInMemoryAllocation"

    def __init__(self, size: int, requested: int, limit: int) -> None:
        super().__init__(
            f"Cannot increase memory allocation to {allocated(size)} due to its reserved cycles limit. The current "
            "limit "
            f"({amount(limit)}) would be exceeded by {amount(requested - limit)}.\n{_MORE_RESERVE}-allocation"
        )


class ReservedTooMuchForGrowth(Rejection):
    error_code = "ReservedCyclesLimitExceededInMemoryGrow"

    def __init__(self, growth: int, requested: int, limit: int) -> None:
        super().__init__(
            f"Canister cannot grow memory by {growth} bytes due to its reserved cycles limit. The current limit "
            f"({amount(limit)}) would be exceeded by {amount(requested - limit)}.\n{_MORE_RESERVE}-grow"
        )


class ReservedLimitTooLow(Rejection):
    error_code = "ReservedCyclesLimitIsTooLow"

    def __init__(self, reserved: int, limit: int) -> None:
        super().__init__(
            f"Cannot set the reserved cycles limit {amount(limit)} below the reserved cycles balance of the canister "
            f"{amount(reserved)}.\nSet the reserved cycles limit in the canister settings to a value that is at least "
            "the "
            "current reserved cycles balance. See documentation: reserved-cycles-limit-is-too-low"
        )


class GrowthUnpaid(Rejection):
    """What a management method adds to a canister would freeze it, or reserves more cycles than there are."""

    error_code = "InsufficientCyclesInMemoryGrow"

    def __init__(self, growth: int, missing: int) -> None:
        super().__init__(
            f"Canister cannot grow memory by {growth} bytes due to insufficient cycles. At least {amount(missing)} "
            f"additional cycles are required.\nTop up the canister with more cycles. "
            f"{_REFERENCE}insufficient-cycles-in-memory-grow-1"
        )


class InstallationTooSoon(Rejection):
    """Earlier installations used more instructions than the rounds since then allow."""

    error_code = "CanisterInstallCodeRateLimited"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} is rate limited because it executed too many instructions in the previous "
            "install_code messages. Please retry installation after several minutes.\nRetry the installation at a "
            "later "
            f"time. {_REFERENCE}install-code-rate-limited"
        )


class StoreNotFound(Rejection):
    """`install_chunked_code` names a chunk store that is not on the subnet."""

    error_code = "CanisterNotFound"

    def __init__(self, store: bytes, subnet_id: bytes, target: bytes) -> None:
        super().__init__(
            f"InstallChunkedCode Error: Store canister {text(store)} was not found on subnet {text(subnet_id)} of "
            "target "
            f"canister {text(target)}"
        )


class DeletesItself(Rejection):
    error_code = "CanisterInvalidController"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} cannot delete itself.\nDelete the canister from one of its other "
            "controllers. "
            f"{_REFERENCE}delete-canister-self"
        )


class QueuesNotEmpty(Rejection):
    error_code = "CanisterQueueNotEmpty"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} has messages in its queues and cannot be deleted now. Please retry after "
            "some "
            "time.\nWait until the queues have been cleared to delete the canister and in the meantime stop the "
            "canister. "
            f"{_REFERENCE}delete-canister-queue-not-empty"
        )


class AlreadyInstalled(Rejection):
    """The id that a new canister was to have is taken."""

    error_code = "CanisterAlreadyInstalled"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} is already installed.\n{_INTERNAL}")


class NotHostedHere(Rejection):
    """The id that a new canister was to have lies on another subnet."""

    error_code = "CanisterNotHostedBySubnet"

    def __init__(self, canister_id: bytes, subnet_id: bytes) -> None:
        super().__init__(
            f"Unsuccessful validation of specified ID: Specified CanisterId {text(canister_id)} is not hosted by "
            "subnet "
            f"{text(subnet_id)}.\n{_INTERNAL}"
        )


class SnapshotUnpaid(Rejection):
    """The balance does not cover a snapshot's instructions; `missing` is told to controllers."""

    error_code = "CanisterOutOfCycles"

    def __init__(self, canister_id: bytes, missing: int) -> None:
        super().__init__(
            f"Canister snapshotting failed with: `{OutOfCycles(canister_id, missing).message}`\nTry sending more "
            "cycles with "
            "the request. See documentation: canister-snapshot-not-enough-cycles"
        )


class SnapshotOfAnother(Rejection):
    def __init__(self, canister_id: bytes, snapshot_id: bytes) -> None:
        super().__init__(
            f"The snapshot {snapshot_text(snapshot_id)} does not belong to canister {text(canister_id)}.\nUse the "
            "`list_canister_snapshot` API to see which snapshots are present. "
            f"{_REFERENCE}canister-snapshot-invalid-ownership"
        )


class SnapshotNotControlled(Rejection):
    """The snapshot belongs to a canister that the sender does not control."""

    def __init__(self, canister_id: bytes, snapshot_id: bytes, sender: bytes) -> None:
        super().__init__(
            f"Only a controller of the canister that snapshot {snapshot_text(snapshot_id)} belongs to can load it on "
            f"canister {text(canister_id)}. Sender: {text(sender)}.\nMake sure you are a controller of the canister "
            "that the "
            "snapshot belongs to. See documentation: canister-snapshot-not-controller"
        )


class BadSnapshotMetadata(InvalidPayload):
    def __init__(self, fault: str) -> None:
        super().__init__(f"Snapshot Metadata contains invalid data: {fault}")


class SnapshotNotFound(Rejection):
    error_code = "CanisterSnapshotNotFound"

    def __init__(self, canister_id: bytes, snapshot_id: bytes) -> None:
        super().__init__(
            f"Could not find the snapshot ID {snapshot_text(snapshot_id)} for canister {text(canister_id)}.\nUse the "
            f"`list_canister_snapshot` API to see which snapshots are present. {_REFERENCE}canister-snapshot-not-found"
        )


class SnapshotImmutable(Rejection):
    error_code = "CanisterSnapshotImmutable"

    def __init__(self) -> None:
        super().__init__("Only canister snapshots created by metadata upload can be mutated.")


class TooManySnapshots(Rejection):
    def __init__(self, canister_id: bytes, limit: int) -> None:
        super().__init__(
            f"Canister {text(canister_id)} has reached the maximum number of snapshots allowed: "
            f"{limit}.\nConsider deleting "
            "an unnecessary snapshot of the specified canister before creating a new one. See documentation: "
            "canister-snapshot-limit-exceeded"
        )


class SnapshotOfEmpty(Rejection):
    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Failed to create snapshot for empty canister {text(canister_id)}:")


class SnapshotElsewhere(Rejection):
    def __init__(self, canister_id: bytes, snapshot_id: bytes) -> None:
        super().__init__(
            f"Snapshot {snapshot_text(snapshot_id)} is not currently loadable on the specified canister "
            f"{text(canister_id)}. Try again later. The call should succeed if you wait sufficiently long (usually ten "
            "minutes)."
        )


class LogsForbidden(Rejection):
    def __init__(self, sender: bytes) -> None:
        super().__init__(f"Caller {text(sender)} is not allowed to access canister logs")


class NotRouted(Rejection):
    """A management call whose target cannot be told; `reason` as the replica prints its error."""

    error_code = "CanisterNotFound"

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"Unable to route management canister request {method}: {reason}")

    @classmethod
    def undecodable(cls, method: str, text: str) -> "NotRouted":
        """The argument that would tell the target does not decode."""
        return cls(method, f"UserError(UserError {{ code: InvalidManagementPayload, description: {debugged(text)} }})")


def debugged(text: str) -> str:
    """A text as Rust prints it for debugging."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def snapshot_text(snapshot_id: bytes) -> str:
    """Canister and number of a snapshot, as the replica prints its id."""
    return f"{text(snapshot_id[8:])}-{int.from_bytes(snapshot_id[:8], 'big')}"
