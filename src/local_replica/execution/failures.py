"""Why an execution fails, in the replica's words (recorded on a genuine one: tests/fixtures/replica-recordings)."""

from dataclasses import replace

from local_replica.execution.port import ExecutionError

REFERENCE = "See documentation: https://internetcomputer.org/docs/current/references/execution-errors#"
_TOOLCHAIN = (
    "If you are running this canister in a test environment (e.g., dfx), make sure the test environment is up to "
    "date. Otherwise, this is likely an error with the compiler/CDK toolchain being used to build the canister. Please "
    "report the error to IC devs on the forum: https://forum.dfinity.org and include which language/CDK was used to "
    "create the canister."
)
_GRACEFULLY = "Consider gracefully handling failures from this canister or altering the canister to handle exceptions."


def advice(text: str, anchor: str) -> str:
    """The tail of an error: what to do, and where the manual explains it."""
    return f".\n{text} {REFERENCE}{anchor}"


TOOLCHAIN = f".\n{_TOOLCHAIN}"
TRAPPED = advice(_GRACEFULLY, "trapped")
CALLED_TRAP = advice(_GRACEFULLY, "trapped-explicitly")
WRONG_MODE = advice(
    "Check the ICP documentation to make sure APIs are being called in the correct message types.",
    "calling-a-system-api-from-the-wrong-mode",
)
REPLY_TOO_LARGE = "." + advice(
    "Consider checking the response size and returning an error if it is too long.",
    "msg_reply_data_append-payload-too-large",
)
REJECT_TOO_LARGE = "." + advice("Try truncating the error messages that are too long.", "msg_reject-payload-too-large")
NOT_UTF8_VARIABLE = ".\nProvide a valid UTF-8 string for the environment variable name. See documentation: "
CERTIFIED_DATA_TOO_LARGE = "." + advice(
    "Try certifying just the hash of your data instead of the full contents.",
    "certified_data_set-payload-too-large",
)
_TOO_MANY_INSTRUCTIONS = "." + advice(
    "Try optimizing this method to consume fewer instructions or split the work across multiple messages.",
    "instruction-limit-exceeded",
)
_SLICE_OVERRUN = "." + advice(
    "Try breaking up large copies within the canister code into smaller chunks.", "slice-overrun"
)
_STABLE_ACCESS = advice(
    "Try optimizing the use of stable memory so that individual messages don't need to access as much stable memory.",
    "memory-access-limit-exceeded",
)
_WASM_MEMORY = "." + advice(
    "Try checking the canister for a possible memory leak or modifying it to use more stable memory instead of Wasm "
    "memory.",
    "wasm-memory-limit-exceeded",
)


class Failure(Exception):
    """Raised by a system call to end the message."""

    def __init__(self, code: str, message: str, help_text: str = "", *, traced: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help_text
        self.traced = traced
        """Whether the replica shows where in the module it happened."""
        self.frame = ""
        """A frame of the host's own, innermost."""

    def error(self, backtrace: str = "") -> ExecutionError:
        """What the message ends with; `backtrace` only where the replica shows one."""
        return ExecutionError(self.code, self.message, backtrace if self.traced else "", self.help)


def contract_violation(message: str, help_text: str = TOOLCHAIN) -> Failure:
    """A system call that the interface does not allow."""
    return Failure("CanisterContractViolation", f"Canister violated contract: {message}", help_text)


def wrong_mode(name: str, mode: str) -> Failure:
    """A system call that the entry point may not make."""
    return contract_violation(f'"{name}" cannot be executed in {mode} mode', WRONG_MODE)


def trapped(reason: str) -> Failure:
    """A trap of the module's own code."""
    return Failure("CanisterTrapped", f"Canister trapped: {reason}", TRAPPED, traced=True)


def called_trap(message: str) -> Failure:
    """`ic0.trap`, with the canister's words."""
    text = f"Canister called `ic0.trap` with message: '{message}'"
    return Failure("CanisterCalledTrap", text, CALLED_TRAP, traced=True)


def invalid_principal() -> Failure:
    """Bytes that are no principal, given to a system call."""
    return Failure("CanisterContractViolation", "Canister provided invalid principal id", TOOLCHAIN)


def out_of_instructions(limit: int) -> Failure:
    """The message used more than `limit` instructions."""
    return Failure(
        "CanisterInstructionLimitExceeded",
        f"Canister exceeded the limit of {limit} instructions for single message execution",
        _TOO_MANY_INSTRUCTIONS,
    )


def slice_overrun(used: int, limit: int) -> Failure:
    """One bulk operation of `used` instructions does not fit a slice of `limit`."""
    return Failure(
        "CanisterInstructionLimitExceeded",
        f"Canister attempted to perform a large memory operation that used {used} instructions and exceeded the slice "
        f"limit {limit}",
        _SLICE_OVERRUN,
    )


def too_much_accessed() -> Failure:
    """A message accesses more of stable memory than one may."""
    return Failure(
        "CanisterMemoryAccessLimitExceeded",
        "Canister exceeded memory access limits: Exceeded the limit for the number of accessed pages in the stable "
        "memory in a single message execution: limit 2097152 KB for regular messages and 1048576 KB for queries.",
        _STABLE_ACCESS,
    )


def wasm_memory_limit(used: int, limit: int) -> Failure:
    """`used` bytes of heap where the settings allow `limit`."""
    return Failure(
        "CanisterWasmMemoryLimitExceeded",
        f"Canister exceeded its current Wasm memory limit of {limit} bytes. The peak Wasm memory usage was "
        f"{used} bytes. If the canister reaches 4GiB, then it may stop functioning and may become unrecoverable. "
        "Please reach out to the canister owner to investigate the reason for the increased memory usage. It might be "
        "necessary to move data from the Wasm memory to the stable memory. If such high Wasm memory usage is expected "
        "and safe, then the developer can increase the Wasm memory limit in the canister settings",
        _WASM_MEMORY,
    )


def engine_error(message: str) -> Failure:
    """The engine refused to go on."""
    return Failure("CanisterWasmEngineError", f"Canister encountered a Wasm engine error: {message}")


def also_in_cleanup(error: ExecutionError, second: ExecutionError) -> ExecutionError:
    """The error of a callback whose cleanup failed as well."""
    told = f"{error.backtrace}\n\ncall_on_cleanup also failed:\n\n{second.message}{second.backtrace}"
    return replace(error, backtrace=told, help="")


def function_not_found(index: int) -> Failure:
    """A callback that names no function of the table."""
    return Failure(
        "CanisterFunctionNotFound",
        f"Canister requested to invoke a non-existent Wasm function {index} from table 0",
        TOOLCHAIN,
    )


def invalid_module(message: str, help_text: str = TOOLCHAIN) -> ExecutionError:
    """A module that install_code refuses."""
    return ExecutionError("CanisterInvalidWasm", f"Canister's Wasm module is not valid: {message}", "", help_text)
