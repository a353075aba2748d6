"""Replicas in this process for tests: one executor for all, management calls with plain values."""

from dataclasses import dataclass
from typing import Any

from candid import compile_decoder, compile_encoder
from local_replica.config import ReplicaConfig
from local_replica.crew import Crew
from local_replica.execution import WasmtimeExecutor
from local_replica.ingress import Ingress, Query
from local_replica.management import interface
from local_replica.replica import Replica
from support.small_modules import compiled

ANONYMOUS = b"\x04"
EXECUTOR = WasmtimeExecutor()
PLENTY = 10**15


def new_replica(config: ReplicaConfig | None = None, crew: Crew | None = None) -> Replica:
    """A replica with one application subnet, or as configured."""
    return Replica(config or ReplicaConfig(), EXECUTOR, crew=crew)


def encoded(method: str, argument: dict[str, Any]) -> bytes:
    """A management argument; optional fields may be left out, principals are bytes."""
    encode = compile_encoder(interface.METHODS[method].args, interface.ENV, forms=interface.RawForms())
    return encode([argument])


def manage(replica: Replica, method: str, sender: bytes = ANONYMOUS, /, **argument: Any) -> Any:
    """Call the management canister from outside; returns what it returns (None for nothing). Raises Refused."""
    reply = replica.call(Ingress(sender, b"", method, encoded(method, argument), effective_id=effective(argument)))
    results = interface.METHODS[method].results
    decoded = compile_decoder(results, interface.ENV, values=interface.RawValues())(reply)
    return decoded[0] if decoded else None


def effective(argument: dict[str, Any]) -> bytes | None:
    """The canister that an argument concerns."""
    return argument.get("canister_id") or argument.get("target_canister")


def created(replica: Replica, cycles: int = PLENTY) -> bytes:
    """A new empty canister."""
    made = manage(replica, "provisional_create_canister_with_cycles", amount=cycles)
    canister_id: bytes = made["canister_id"]
    return canister_id


def install(replica: Replica, canister_id: bytes, text: str, mode: str = "install") -> None:
    """Install a module given in WebAssembly text."""
    manage(
        replica,
        "install_code",
        canister_id=canister_id,
        mode={mode: None},
        wasm_module=compiled(text),
        arg=b"",
    )


def installed(replica: Replica, text: str) -> bytes:
    """A new canister with a module given in WebAssembly text."""
    canister_id = created(replica)
    install(replica, canister_id, text)
    return canister_id


def update(replica: Replica, canister_id: bytes, method: str, arg: bytes = b"") -> bytes:
    """An update call's reply. Raises Refused."""
    return replica.call(Ingress(ANONYMOUS, canister_id, method, arg))


def query(replica: Replica, canister_id: bytes, method: str, arg: bytes = b"") -> bytes:
    """A query's reply. Raises Refused."""
    return replica.query(Query(ANONYMOUS, canister_id, method, arg))


@dataclass(frozen=True)
class Answer:
    """How a canister's call was answered: `code` 0 and the reply, or the reject code and its text."""

    code: int
    refunded: int
    content: bytes

    @property
    def message(self) -> str:
        return self.content.decode()


def submit_through(
    replica: Replica, proxy: bytes, method: str, arg: bytes, *, cycles: int = 0, callee: bytes = b""
) -> bytes:
    """Let a canister with `small_modules.PROXY` call another one (or the management canister); the message's id."""
    head = bytes((len(callee), len(method))).ljust(8, b"\0") + cycles.to_bytes(8, "little")
    packed = head.ljust(64, b"\0") + callee.ljust(32, b"\0") + method.encode().ljust(96, b"\0") + arg
    return replica.submit_ingress(Ingress(ANONYMOUS, proxy, "call", packed))


def answer_of(replica: Replica, message_id: bytes) -> Answer:
    """What the proxy told about its call. Raises TimeoutError."""
    reply = replica.run_until_answered(message_id).reply
    assert reply is not None
    return Answer(reply[0], int.from_bytes(reply[1:9], "little"), reply[9:])


def call_through(
    replica: Replica, proxy: bytes, method: str, arg: bytes, *, cycles: int = 0, callee: bytes = b""
) -> Answer:
    """The same, to its end."""
    return answer_of(replica, submit_through(replica, proxy, method, arg, cycles=cycles, callee=callee))
