"""Rejections of the management canister: methods, payloads, control. Worded as PocketIC 10 words them."""

from local_replica.execution.failures import REFERENCE
from local_replica.printing import amount, debugged, text
from local_replica.rejections import ERROR_NUMBERS, Rejection

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
            f"{names}\nSender's ID: {text(sender)}\nExecute this call from a controller of the target canister or add "
            f"the current caller as a controller. {REFERENCE}invalid-controller"
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
            f"mode='reinstall'. {REFERENCE}canister-not-empty"
        )


class NotStopped(Rejection):
    error_code = "CanisterNotStopped"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} must be stopped before it is deleted.\nStop the canister before deleting "
            f"it. {REFERENCE}delete-canister-not-stopped"
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
            f"Error from Wasm chunk store: {reason}.\nUse the `stored_chunks` API to check which hashes are present or "
            f"top up the canister if it is low on cycles. {REFERENCE}wasm-chunk-store-error"
        )


class InvalidPayload(Rejection):
    """An argument that decodes and makes no sense."""

    error_code = "InvalidManagementPayload"


class InstallationTooSoon(Rejection):
    """Earlier installations used more instructions than the rounds since then allow."""

    error_code = "CanisterInstallCodeRateLimited"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} is rate limited because it executed too many instructions in the previous "
            "install_code messages. Please retry installation after several minutes.\nRetry the installation at a "
            f"later time. {REFERENCE}install-code-rate-limited"
        )


class TargetNotFound(Rejection):
    """The canister that a management call concerns is not there."""

    error_code = "CanisterNotFound"

    def __init__(self, canister_id: bytes, advice: str = "") -> None:
        super().__init__(f"Canister {text(canister_id)} not found.{advice}")

    @classmethod
    def advised(cls, canister_id: bytes) -> "TargetNotFound":
        """As methods tell it that change what a canister runs."""
        told = "Check the ICP dashboard to ensure the canister exists."
        return cls(canister_id, f"\n{told} {REFERENCE}canister-not-found")


class StoreNotFound(Rejection):
    """`install_chunked_code` names a chunk store that is not on the subnet."""

    error_code = "CanisterNotFound"

    def __init__(self, store: bytes, subnet_id: bytes, target: bytes) -> None:
        super().__init__(
            f"InstallChunkedCode Error: Store canister {text(store)} was not found on subnet {text(subnet_id)} of "
            f"target canister {text(target)}"
        )


class DeletesItself(Rejection):
    error_code = "CanisterInvalidController"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} cannot delete itself.\nDelete the canister from one of its other "
            f"controllers. {REFERENCE}delete-canister-self"
        )


class QueuesNotEmpty(Rejection):
    error_code = "CanisterQueueNotEmpty"

    def __init__(self, canister_id: bytes) -> None:
        super().__init__(
            f"Canister {text(canister_id)} has messages in its queues and cannot be deleted now. Please retry after "
            "some time.\nWait until the queues have been cleared to delete the canister and in the meantime stop the "
            f"canister. {REFERENCE}delete-canister-queue-not-empty"
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
            f"subnet {text(subnet_id)}.\n{_INTERNAL}"
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
