"""Why a message is rejected: one class per reason, its codes as attributes, its wording here and nowhere else.

Wording and error codes are those of PocketIC 10 (recorded in `tests/fixtures/replica-recordings`).
"""

from typing import ClassVar

from local_replica.errors import Reject
from local_replica.execution.failures import REFERENCE
from local_replica.execution.port import ExecutionError
from local_replica.printing import amount, shortened, text

ERROR_NUMBERS = {
    "SubnetOversubscribed": 101,
    "MaxNumberOfCanistersReached": 102,
    "CanisterQueueFull": 201,
    "IngressMessageTimeout": 202,
    "CanisterQueueNotEmpty": 203,
    "IngressHistoryFull": 204,
    "CanisterIdAlreadyExists": 205,
    "StopCanisterRequestTimeout": 206,
    "CanisterOutOfCycles": 207,
    "CertifiedStateUnavailable": 208,
    "CanisterInstallCodeRateLimited": 209,
    "CanisterHeapDeltaRateLimited": 210,
    "CanisterNotFound": 301,
    "CanisterSnapshotNotFound": 305,
    "InsufficientMemoryAllocation": 402,
    "InsufficientCyclesForCreateCanister": 403,
    "SubnetNotFound": 404,
    "CanisterNotHostedBySubnet": 405,
    "CanisterRejectedMessage": 406,
    "UnknownManagementMessage": 407,
    "InvalidManagementPayload": 408,
    "CanisterSnapshotImmutable": 409,
    "CanisterTrapped": 502,
    "CanisterCalledTrap": 503,
    "CanisterContractViolation": 504,
    "CanisterInvalidWasm": 505,
    "CanisterDidNotReply": 506,
    "CanisterOutOfMemory": 507,
    "CanisterStopped": 508,
    "CanisterStopping": 509,
    "CanisterNotStopped": 510,
    "CanisterStoppingCancelled": 511,
    "CanisterInvalidController": 512,
    "CanisterFunctionNotFound": 513,
    "CanisterNonEmpty": 514,
    "QueryCallGraphLoopDetected": 517,
    "InsufficientCyclesInCall": 520,
    "CanisterWasmEngineError": 521,
    "CanisterInstructionLimitExceeded": 522,
    "CanisterMemoryAccessLimitExceeded": 524,
    "QueryCallGraphTooDeep": 525,
    "QueryCallGraphTotalInstructionLimitExceeded": 526,
    "CompositeQueryCalledInReplicatedMode": 527,
    "QueryTimeLimitExceeded": 528,
    "QueryCallGraphInternal": 529,
    "InsufficientCyclesInComputeAllocation": 530,
    "InsufficientCyclesInMemoryAllocation": 531,
    "InsufficientCyclesInMemoryGrow": 532,
    "ReservedCyclesLimitExceededInMemoryAllocation": 533,
    "ReservedCyclesLimitExceededInMemoryGrow": 534,
    "InsufficientCyclesInMessageMemoryGrow": 535,
    "CanisterMethodNotFound": 536,
    "CanisterWasmModuleNotFound": 537,
    "CanisterAlreadyInstalled": 538,
    "CanisterWasmMemoryLimitExceeded": 539,
    "ReservedCyclesLimitIsTooLow": 540,
    "DeadlineExpired": 601,
    "ResponseDropped": 602,
}
"""Numbers of the error codes; the hundreds are the reject code."""

SYS_FATAL, SYS_TRANSIENT, DESTINATION_INVALID, CANISTER_REJECT, CANISTER_ERROR, SYS_UNKNOWN = 1, 2, 3, 4, 5, 6


class Rejection(Exception):
    """A message is rejected. Whatever it did is rolled back, its cycles go back to the caller."""

    error_code: ClassVar[str] = "CanisterRejectedMessage"
    numbered: bool = False
    """Whether a calling canister sees the text with the error's number ("IC0503: …") in front."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = shortened(message) if self.numbered else message

    @property
    def code(self) -> str:
        return self.error_code

    def reject(self, *, certified: bool = False) -> Reject:
        """As an ingress caller is told."""
        return Reject(ERROR_NUMBERS[self.code] // 100, self.code, self.message, certified)

    def to_caller(self) -> tuple[int, str]:
        """Reject code and message as a calling canister is told."""
        number = ERROR_NUMBERS[self.code]
        return number // 100, f"IC{number:04}: {self.message}" if self.numbered else self.message

    def described(self) -> tuple[int, str]:
        """Reject code and message with the error's number in front, whatever the reason."""
        number = ERROR_NUMBERS[self.code]
        return number // 100, f"IC{number:04}: {self.message}"


class ExecutionFailed(Rejection):
    """An entry point ended in an error (trap, contract violation, limit)."""

    numbered = True

    def __init__(self, canister_id: bytes, error: ExecutionError, *, backtrace: bool = True) -> None:
        told = error.message + (error.backtrace if backtrace else "") + error.help
        super().__init__(f"Error from Canister {text(canister_id)}: {told}")
        self.error = error

    @property
    def code(self) -> str:
        return self.error.code


class MethodNotFound(Rejection):
    error_code = "CanisterMethodNotFound"
    numbered = True

    def __init__(self, canister_id: bytes, kind: str, method: str) -> None:
        super().__init__(
            f"Error from Canister {text(canister_id)}: Canister has no {kind} method '{method}'..\nCheck that the "
            "method "
            f"being called is exported by the target canister. {REFERENCE}method-not-found"
        )


class CompositeQueryAsTransform(Rejection):
    """An HTTPS outcall names a composite query to change its response."""

    error_code = "CompositeQueryCalledInReplicatedMode"

    def __init__(self) -> None:
        super().__init__("Composite query cannot be used as transform in canister http outcalls.")


class CompositeQueryInReplicatedMode(Rejection):
    error_code = "CompositeQueryCalledInReplicatedMode"
    numbered = True

    def __init__(self) -> None:
        super().__init__("Composite query cannot be called in replicated mode")


class NoModule(Rejection):
    """The canister is empty."""

    error_code = "CanisterWasmModuleNotFound"
    numbered = True

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Error from Canister {text(canister_id)}: Attempted to execute a message, but the canister contains "
            "no Wasm "
            f"module..\nPlease install code to this canister before calling it. {REFERENCE}wasm-module-not-found"
        )


class NoModuleAtIngress(Rejection):
    error_code = "CanisterWasmModuleNotFound"

    def __init__(self) -> None:
        super().__init__("Requested canister has no wasm module")


class CanisterNotFound(Rejection):
    error_code = "CanisterNotFound"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} not found")


class NoRoute(Rejection):
    error_code = "CanisterNotFound"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"No route to canister {text(canister_id)}")


class CanisterStopped(Rejection):
    error_code = "CanisterStopped"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} is stopped")


class CanisterStopping(Rejection):
    error_code = "CanisterStopping"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} is stopping")


class QueryOfStopped(Rejection):
    error_code = "CanisterStopped"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} is stopped and therefore does not have a CallContextManager")


class QueryOfStopping(Rejection):
    error_code = "CanisterStopping"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} is not running")


class StopCancelled(Rejection):
    error_code = "CanisterStoppingCancelled"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)}'s stop request was cancelled.")
        self._told_callers = f"Canister {text(canister_id)}'s stop request cancelled"

    def to_caller(self) -> tuple[int, str]:
        return CANISTER_ERROR, self._told_callers


class StopTimedOut(Rejection):
    error_code = "StopCanisterRequestTimeout"

    def __init__(self) -> None:
        super().__init__("Stop canister request timed out")


class DidNotReply(Rejection):
    """The call context has no answer and nothing outstanding that could give one."""

    error_code = "CanisterDidNotReply"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} did not reply to the call")

    def to_caller(self) -> tuple[int, str]:
        return CANISTER_ERROR, "No response"


class QueryDidNotReply(Rejection):
    error_code = "CanisterDidNotReply"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Canister {text(canister_id)} did not produce a response")


class RejectedByCanister(Rejection):
    """`ic0.msg_reject` was called."""


class RejectedByInspection(Rejection):
    def __init__(self, canister_id: bytes) -> None:
        super().__init__(f"Error from Canister {text(canister_id)}: Canister rejected the message")


class Uninstalled(Rejection):
    def __init__(self) -> None:
        super().__init__("Canister has been uninstalled.")


class DeadlineExpired(Rejection):
    """A best-effort call whose deadline passed."""

    error_code = "DeadlineExpired"

    def __init__(self) -> None:
        super().__init__("Call deadline has expired.")


class OutOfCycles(Rejection):
    """The balance less the freezing threshold does not cover a cost; `hidden` from callers that are not controllers."""

    error_code = "CanisterOutOfCycles"
    numbered = True

    def __init__(self, canister_id: bytes, missing: int, *, hidden: bool = False) -> None:
        advice = "" if hidden else f": please top up the canister with at least {amount(missing)} additional cycles"
        super().__init__(f"Canister {text(canister_id)} is out of cycles{advice}")


class FrozenForQueries(Rejection):
    error_code = "CanisterOutOfCycles"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} is unable to process query calls because it's frozen. "
            "Please top up the canister with cycles and try again."
        )


class QueryTooDeep(Rejection):
    error_code = "QueryCallGraphTooDeep"

    def __init__(self) -> None:
        super().__init__("Composite query calls exceeded the maximum call depth.")


class QueryTooExpensive(Rejection):
    error_code = "QueryCallGraphTotalInstructionLimitExceeded"

    def __init__(self) -> None:
        super().__init__("Composite query calls exceeded the instruction limit.")
