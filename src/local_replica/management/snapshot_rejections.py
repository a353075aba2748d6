"""Rejections of snapshots by the management canister, worded as PocketIC 10 words them."""

from local_replica.execution.failures import REFERENCE
from local_replica.management.rejections import InvalidPayload
from local_replica.printing import text
from local_replica.rejections import OutOfCycles, Rejection


class SnapshotUnpaid(Rejection):
    """The balance does not cover a snapshot's instructions; `missing` is told to controllers."""

    error_code = "CanisterOutOfCycles"

    def __init__(self, canister_id: bytes, missing: int) -> None:
        super().__init__(
            f"Canister snapshotting failed with: `{OutOfCycles(canister_id, missing).message}`\nTry sending more "
            "cycles with the request. See documentation: canister-snapshot-not-enough-cycles"
        )


class SnapshotOfAnother(Rejection):
    def __init__(self, canister_id: bytes, snapshot_id: bytes) -> None:
        super().__init__(
            f"The snapshot {snapshot_text(snapshot_id)} does not belong to canister {text(canister_id)}.\nUse the "
            "`list_canister_snapshot` API to see which snapshots are present. "
            f"{REFERENCE}canister-snapshot-invalid-ownership"
        )


class SnapshotNotControlled(Rejection):
    """The snapshot belongs to a canister that the sender does not control."""

    def __init__(self, canister_id: bytes, snapshot_id: bytes, sender: bytes) -> None:
        super().__init__(
            f"Only a controller of the canister that snapshot {snapshot_text(snapshot_id)} belongs to can load it on "
            f"canister {text(canister_id)}. Sender: {text(sender)}.\nMake sure you are a controller of the canister "
            "that the snapshot belongs to. See documentation: canister-snapshot-not-controller"
        )


class BadSnapshotMetadata(InvalidPayload):
    def __init__(self, fault: str) -> None:
        super().__init__(f"Snapshot Metadata contains invalid data: {fault}")


class SnapshotNotFound(Rejection):
    error_code = "CanisterSnapshotNotFound"

    def __init__(self, canister_id: bytes, snapshot_id: bytes) -> None:
        super().__init__(
            f"Could not find the snapshot ID {snapshot_text(snapshot_id)} for canister {text(canister_id)}.\nUse the "
            f"`list_canister_snapshot` API to see which snapshots are present. {REFERENCE}canister-snapshot-not-found"
        )


class SnapshotImmutable(Rejection):
    error_code = "CanisterSnapshotImmutable"

    def __init__(self) -> None:
        super().__init__("Only canister snapshots created by metadata upload can be mutated.")


class TooManySnapshots(Rejection):
    def __init__(self, canister_id: bytes, limit: int) -> None:
        super().__init__(
            f"Canister {text(canister_id)} has reached the maximum number of snapshots allowed: {limit}.\nConsider "
            "deleting an unnecessary snapshot of the specified canister before creating a new one. See documentation: "
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


def snapshot_text(snapshot_id: bytes) -> str:
    """Canister and number of a snapshot, as the replica prints its id."""
    return f"{text(snapshot_id[8:])}-{int.from_bytes(snapshot_id[:8], 'big')}"
