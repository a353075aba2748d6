"""Rejections of the management canister for want of memory, compute or cycles, worded as PocketIC 10 words them."""

from local_replica.cycles import memory
from local_replica.execution.failures import REFERENCE
from local_replica.printing import amount, readable_bytes, text
from local_replica.rejections import Rejection


class InstallationUnpaid(Rejection):
    """The balance does not cover an installation."""

    error_code = "CanisterOutOfCycles"

    def __init__(self, canister_id: bytes, missing: int) -> None:
        super().__init__(
            f"Canister installation failed with `Canister {text(canister_id)} is out of cycles: please top up the "
            f"canister with at least {amount(missing)} additional cycles`.\nTop up the canister with more cycles. "
            f"{REFERENCE}install-code-not-enough-cycles"
        )


class CreationUnpaid(Rejection):
    error_code = "InsufficientCyclesForCreateCanister"

    def __init__(self, fee: int, received: int) -> None:
        super().__init__(
            f"Creating a canister requires a fee of {amount(fee)} that is deducted from the canister's initial balance "
            f"but only {amount(received)} cycles were received with the create_canister request.\nTry sending more "
            f"cycles with the request. {REFERENCE}create-canister-not-enough-cycles"
        )


class MemoryAllocationTooSmall(Rejection):
    error_code = "InsufficientMemoryAllocation"

    def __init__(self, given: int, needed: int) -> None:
        super().__init__(
            f"Canister was given {readable_bytes(given)} memory allocation but at least {amount(needed)} of memory is "
            f"needed.\nTry increasing the canister's memory allocation. {REFERENCE}not-enough-memory-allocation-given"
        )


class SubnetOversubscribed(Rejection):
    error_code = "SubnetOversubscribed"

    def __init__(self, requested: int, available: int) -> None:
        super().__init__(
            f"Canister requested {readable_bytes(requested)} of memory but only {readable_bytes(available)} are "
            f"available in the subnet.\nTry moving to another subnet. {REFERENCE}subnet-memory-capacity-oversubscribed"
        )


class ComputeOversubscribed(Rejection):
    error_code = "SubnetOversubscribed"

    def __init__(self, requested: int, available: int) -> None:
        super().__init__(
            f"Canister requested a compute allocation of {requested}% which cannot be satisfied because the Subnet's "
            f"remaining compute capacity is {available}%.\nTry moving to another subnet. "
            f"{REFERENCE}subnet-compute-capacity-oversubscribed"
        )


class AllocationUnpaid(Rejection):
    """A larger allocation would freeze the canister, or reserves more cycles than there are."""

    error_code = "InsufficientCyclesInMemoryAllocation"

    def __init__(self, what: str, to: str, missing: int) -> None:
        super().__init__(
            f"Cannot increase {what} allocation to {to} due to insufficient cycles. At least {amount(missing)} "
            "additional cycles are required.\nTop up the canister with more cycles. "
            f"{REFERENCE}insufficient-cycles-in-{what}-allocation"
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
    f"{REFERENCE}reserved-cycles-limit-exceeded-in-memory"
)


class ReservedTooMuchForAllocation(Rejection):
    error_code = "ReservedCyclesLimitExceededInMemoryAllocation"

    def __init__(self, size: int, requested: int, limit: int) -> None:
        super().__init__(
            f"Cannot increase memory allocation to {allocated(size)} due to its reserved cycles limit. The current "
            f"limit ({amount(limit)}) would be exceeded by {amount(requested - limit)}.\n{_MORE_RESERVE}-allocation"
        )


class ReservedTooMuchForGrowth(Rejection):
    error_code = "ReservedCyclesLimitExceededInMemoryGrow"

    def __init__(self, growth: int, requested: int, limit: int) -> None:
        super().__init__(f"{memory.beyond_reserve(growth, requested, limit)}\n{_MORE_RESERVE}-grow")


class ReservedLimitTooLow(Rejection):
    error_code = "ReservedCyclesLimitIsTooLow"

    def __init__(self, reserved: int, limit: int) -> None:
        super().__init__(
            f"Cannot set the reserved cycles limit {amount(limit)} below the reserved cycles balance of the canister "
            f"{amount(reserved)}.\nSet the reserved cycles limit in the canister settings to a value that is at least "
            "the current reserved cycles balance. See documentation: reserved-cycles-limit-is-too-low"
        )


class GrowthUnpaid(Rejection):
    """What a management method adds to a canister would freeze it, or reserves more cycles than there are."""

    error_code = "InsufficientCyclesInMemoryGrow"

    def __init__(self, growth: int, missing: int) -> None:
        super().__init__(
            f"{memory.unpaid(growth, missing)}\nTop up the canister with more cycles. "
            f"{REFERENCE}insufficient-cycles-in-memory-grow-1"
        )
