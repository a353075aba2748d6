"""Replays transcripts on real modules by the unmodified `pocket-ic` client."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pocket_ic import PocketIC

from candid.codec import decode, encode
from candid.principal import Principal
from candid.types import BLOB, NAT, NULL, PRINCIPAL, Field, Opt, Record, Type, Variant, Vec
from support.transcripts import Outcome

CHUNK = 1 << 20
ROUNDS = 100
REJECT_CODES = {
    "SysFatal": 1,
    "SysTransient": 2,
    "DestinationInvalid": 3,
    "CanisterReject": 4,
    "CanisterError": 5,
    "SysUnknown": 6,
}
_CANISTER = Record((Field("canister_id", PRINCIPAL),))
_MODE = Variant((Field("install", NULL), Field("reinstall", NULL), Field("upgrade", Opt(Record(())))))
_CREATE = Record((Field("amount", Opt(NAT)),))
_UPLOAD = Record((Field("canister_id", PRINCIPAL), Field("chunk", BLOB)))
_HASH = Record((Field("hash", BLOB),))
_INSTALL = Record(
    (
        Field("mode", _MODE),
        Field("target_canister", PRINCIPAL),
        Field("chunk_hashes_list", Vec(_HASH)),
        Field("wasm_module_hash", BLOB),
        Field("arg", BLOB),
    )
)


class PocketIcDriver:
    """One instance of the server; `modules` answers a transcript canister's module bytes by its folder's name."""

    def __init__(self, pic: PocketIC, modules: Callable[[str], bytes]) -> None:
        self._pic = pic
        self._modules = modules
        self._ids: dict[str, bytes] = {}

    def id_of(self, label: str) -> bytes:
        """The id of a canister that was created under this label."""
        return self._ids[label]

    def create(self, label: str, cycles: int) -> bytes:
        reply = self._manage("provisional_create_canister_with_cycles", b"\x04", _CREATE, {"amount": cycles})
        if reply.reply is None:
            raise AssertionError(str(reply))
        canister_id: bytes = decode([_CANISTER], reply.reply)[0]["canister_id"].bytes
        self._ids[label] = canister_id
        return canister_id

    def install(self, label: str, module: str, mode: str, argument: bytes, sender: bytes) -> Outcome:
        wasm = self._modules(module)
        canister_id = Principal(self._ids[label])
        hashes = []
        for start in range(0, len(wasm), CHUNK):
            chunk = wasm[start : start + CHUNK]
            self._manage("upload_chunk", sender, _UPLOAD, {"canister_id": canister_id, "chunk": chunk}, label)
            hashes.append({"hash": hashlib.sha256(chunk).digest()})
        request = {
            "mode": {mode: None},
            "target_canister": canister_id,
            "chunk_hashes_list": hashes,
            "wasm_module_hash": hashlib.sha256(wasm).digest(),
            "arg": argument,
        }
        return _done(self._manage("install_chunked_code", sender, _INSTALL, request, label))

    def query(self, label: str, method: str, argument: bytes, sender: bytes) -> Outcome:
        return _outcome(self._post("read/query", _message(self._ids[label], method, argument, sender)))

    def submit(self, label: str, method: str, argument: bytes, sender: bytes) -> Any:
        message = _message(self._ids[label], method, argument, sender)
        return self._post("update/submit_ingress_message", message)

    def wait(self, submitted: Any) -> Outcome:
        if "Err" in submitted:
            return _outcome(submitted)
        for _ in range(ROUNDS):
            self._pic.tick()
            status = self._post("read/ingress_status", {"raw_message_id": submitted["Ok"], "raw_caller": None})
            if status:
                return _outcome(status)
        raise AssertionError("no answer in a hundred rounds")

    def manage(self, label: str, action: str, sender: bytes) -> Outcome:
        method = {"stop": "stop_canister", "start": "start_canister", "uninstall": "uninstall_code"}[action]
        return _done(self._manage(method, sender, _CANISTER, {"canister_id": Principal(self._ids[label])}, label))

    def tick(self, rounds: int) -> None:
        for _ in range(rounds):
            self._pic.tick()

    def advance(self, seconds: float) -> None:
        self._pic.advance_time(int(seconds * 1_000_000_000))

    def _manage(self, method: str, sender: bytes, type_: Type, value: Any, label: str = "") -> Outcome:
        message = _message(b"", method, encode([type_], [value]), sender)
        if label:
            message["effective_principal"] = {"CanisterId": _base64(self._ids[label])}
        return self.wait(self._post("update/submit_ingress_message", message))

    def _post(self, endpoint: str, body: dict[str, Any]) -> Any:
        return self._pic.server.instance_post(endpoint, self._pic.instance_id, body)


def _message(canister_id: bytes, method: str, argument: bytes, sender: bytes) -> dict[str, Any]:
    return {
        "sender": _base64(sender),
        "effective_principal": "None",
        "canister_id": _base64(canister_id),
        "method": method,
        "payload": _base64(argument),
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _outcome(answer: dict[str, Any]) -> Outcome:
    if "Ok" in answer:
        return Outcome(reply=base64.b64decode(answer["Ok"]))
    reject = answer["Err"]
    code = reject["reject_code"]
    return Outcome(reject=(REJECT_CODES.get(code, code), reject["reject_message"]))


def _done(outcome: Outcome) -> Outcome:
    return outcome if outcome.reject is not None else Outcome()


_DYNAMIC_IMPORTS = """
import array, calendar, csv, datetime, difflib, io, ipaddress, json, pickle, pprint, secrets
import traceback, urllib.parse
"""
"""Modules that the recorded calls import by code in their arguments, where the builder cannot see it."""


def imaged_source(folder: Path, copy: Path) -> Path:
    """A copy of a recorded canister's source for a runtime that runs the top level while the image is made.

    It imports what its callers will import, and does not ask for the time.
    """
    copy.mkdir(exist_ok=True)
    source = (folder / "main.py").read_text().replace("top_level_time = ic.time()", "top_level_time = 1")
    if folder.name in ("stdlib", "errors", "lifecycle"):
        source += _DYNAMIC_IMPORTS
    (copy / "main.py").write_text(source)
    return copy
