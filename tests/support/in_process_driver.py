"""The walk's driver over a `Replica` in this process."""

import json
import re
from functools import cache
from typing import Any

from candid import Principal, encode
from candid.text import parse_args, parse_untyped
from candid.types import BLOB, NULL, PRINCIPAL, Field, Named, Record, Variant
from local_replica.config import ReplicaConfig
from local_replica.execution import WasmtimeExecutor
from local_replica.ingress import BadIngress, Ingress, IngressStatus, Query, Refused
from local_replica.management import interface
from local_replica.replica import Replica

REJECT_NAMES = {
    1: "SysFatal",
    2: "SysTransient",
    3: "DestinationInvalid",
    4: "CanisterReject",
    5: "CanisterError",
    6: "SysUnknown",
}
ANONYMOUS = b"\x04"
Answer = dict[str, Any]


@cache
def _executor() -> WasmtimeExecutor:
    """Made when first used: conftest files import this before pytest's faulthandler takes SIGILL, which traps need."""
    return WasmtimeExecutor()


class InProcessDriver:
    """Each case gets a fresh replica; compiled modules are shared."""

    def __init__(self) -> None:
        self.replica = Replica(ReplicaConfig(), _executor())

    def new_instance(self, config: dict[str, Any] | None) -> None:
        if config is not None:
            raise ValueError("no recording of this driver configures its instance")
        self.replica.close()
        self.replica = Replica(ReplicaConfig(), _executor())

    def create_canister(self, cycles: int, settings: str | None) -> bytes:
        plain = re.sub(r"opt (\d+ : \w+)", r"opt (\1)", settings or "")
        given = f"; settings = opt {plain}" if settings is not None else ""
        types, values = parse_untyped(f"(record {{ amount = opt ({cycles} : nat){given} }})")
        arg = encode(types, values)
        answer = self.management("provisional_create_canister_with_cycles", arg, None, ANONYMOUS)
        return bytes.fromhex(answer["reply"])[-10:]

    def install_code(self, canister: bytes, mode: str, module: bytes, arg: bytes, sender: bytes) -> Answer:
        return self.management("install_code", install_arg(canister, mode, module, arg), canister, sender)

    def update(self, canister: bytes, method: str, arg: bytes, sender: bytes) -> Answer:
        return self._call(Ingress(sender, canister, method, arg))

    def management(self, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Answer:
        return self._call(Ingress(sender, b"", method, arg, effective_id=effective))

    def _call(self, message: Ingress) -> Answer:
        submitted = self._submit(message)
        return submitted if isinstance(submitted, dict) else self.wait(submitted)

    def _submit(self, message: Ingress) -> bytes | Answer:
        try:
            return self.replica.submit_ingress(message)
        except Refused as refused:
            return rejected(refused)
        except BadIngress as bad:
            return {**bad_request(bad), "at": "submit"}

    def submit(self, canister: bytes, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Any:
        return self._submit(Ingress(sender, canister, method, arg, effective_id=effective))

    def wait(self, message: bytes) -> Answer:
        try:
            return told(self.replica.run_until_answered(message))
        except TimeoutError:
            return bad_request(f"Failed to answer to ingress 0x{message.hex()} after 100 rounds.")

    def ingress_status(self, message: bytes) -> Answer:
        status = self.replica.ingress_status(message)
        if status is None or not status.is_final:
            return {"rest_status": 200, "rest_body": None}
        return told(status)

    def query(self, canister: bytes, method: str, arg: bytes, sender: bytes) -> Answer:
        return self._query(Query(sender, canister, method, arg))

    def management_query(self, method: str, arg: bytes, effective: bytes | None, sender: bytes) -> Answer:
        return self._query(Query(sender, b"", method, arg, effective))

    def _query(self, query: Query) -> Answer:
        try:
            return {"reply": self.replica.query(query).hex()}
        except Refused as refused:
            return rejected(refused)
        except BadIngress as bad:
            return bad_request(bad)

    def tick(self, rounds: int) -> None:
        for _ in range(rounds):
            self.replica.run_round()

    def advance_time(self, seconds: int) -> Answer:
        self.replica.set_time(self.replica.time_ns + seconds * 1_000_000_000)
        return {"rest_status": 200}

    def get_cycles(self, canister: bytes) -> Answer:
        if self.replica.canister(canister) is None:
            return not_found(canister)
        return {"cycles": self.replica.cycles(canister)}

    def add_cycles(self, canister: bytes, amount: int) -> Answer:
        return {"cycles": self.replica.add_cycles(canister, amount)}

    def get_stable_memory(self, canister: bytes) -> bytes:
        return self.replica.stable_memory(canister)

    def log_texts(self, canister: bytes) -> list[str]:
        found = self.replica.canister(canister)
        records = found.record.log.records if found is not None else ()
        return [record.content.decode("utf-8", "replace") for record in records]


def install_arg(canister: bytes, mode: str, module: bytes, arg: bytes) -> bytes:
    """The argument of install_code, with a mode by name or as Candid text."""
    if mode.startswith("variant"):
        chosen = parse_args(f"({mode})", [Named("install_mode")], interface.ENV)[0]
        mode_type: Named | Variant = Named("install_mode")
    else:
        chosen, mode_type = {mode: None}, Variant((Field(mode, NULL),))
    fields = (
        Field("mode", mode_type),
        Field("canister_id", PRINCIPAL),
        Field("wasm_module", BLOB),
        Field("arg", BLOB),
    )
    value = {"mode": chosen, "canister_id": Principal(canister), "wasm_module": module, "arg": arg}
    return encode([Record(fields)], [value], interface.ENV)


def told(status: IngressStatus) -> Answer:
    """A final status as recorded."""
    if status.reject is not None:
        return rejected(Refused(status.reject))
    return {"reply": (status.reply or b"").hex()}


def rejected(refused: Refused) -> Answer:
    """A reject as recorded."""
    reject = refused.reject
    return {
        "reject": {
            "reject_code": REJECT_NAMES[reject.reject_code],
            "error_code": reject.error_code,
            "reject_message": reject.message,
            "certified": reject.certified,
        }
    }


def bad_request(reason: object) -> Answer:
    """HTTP 400 with a bad message, as recorded."""
    return {"rest_status": 400, "rest_body": {"message": f"BadIngressMessage({json.dumps(str(reason))})"}}


def not_found(canister: bytes) -> Answer:
    """HTTP 400 of a control call for an unknown canister."""
    return {
        "rest_status": 400,
        "rest_body": {"message": f"CanisterNotFound(CanisterId({Principal(canister)}))"},
    }
