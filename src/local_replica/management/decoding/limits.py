"""What the replica's decoder refuses besides wrong types: long lists, and snapshot ids that are none."""

from local_replica.management.decoding.failures import Failure

TOO_MANY = "The number of elements exceeds maximum allowed"
MAX_ELEMENTS = {"controllers": 10, "allowed_viewers": 10, "headers": 64, "derivation_path": 255}
"""By the field that a list stands in."""
MAX_SIZES = {"headers": (16_384, 49_152)}
"""Bytes of one element and of all."""
SNAPSHOT_IDS = frozenset(("snapshot_id", "replace_snapshot"))
_NUMBER_BYTES, _CANISTER_BYTES, _LONGEST_ID = 8, 10, 37


def check_element(label: str, number: int, size: int, total: int) -> None:
    """The element at a place of a list, with its bytes and those of all so far. Raises Failure."""
    most = MAX_ELEMENTS.get(label)
    if most is not None and number >= most:
        raise Failure(f"Deserialize error: {TOO_MANY} {most}")
    largest, sum_of_all = MAX_SIZES.get(label, (size, total))
    if size > largest:
        raise Failure(f"Deserialize error: The single element data size exceeds maximum allowed {largest}")
    if total > sum_of_all:
        raise Failure(f"Deserialize error: The total data size exceeds maximum allowed {sum_of_all}")


def check_blob(label: str, raw: bytes) -> None:
    """A snapshot id: a number of eight bytes and a canister id. Raises Failure."""
    if label not in SNAPSHOT_IDS:
        return
    for wrong, bound in ((len(raw) < _NUMBER_BYTES, "minumum"), (len(raw) > _LONGEST_ID, "maximum")):
        if wrong:
            raise Failure(
                f"Deserialize error: Invalid length of SnapshotId: Invalid snapshot ID length: provided {len(raw)}, "
                f"{bound} length expected {_LONGEST_ID}."
            )
    if len(raw) != _NUMBER_BYTES + _CANISTER_BYTES:
        raise Failure(
            "Deserialize error: Invalid format of SnapshotId: Failed to create a Snapshot ID. Input could not be "
            "parsed into a Snapshot ID."
        )
