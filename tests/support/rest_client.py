"""A genuine or local PocketIC server over its REST API, without the `pocket-ic` client in between."""

import base64
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from candid import encode
from candid.types import NAT, Field, Opt, Record
from support.in_process_driver import install_arg
from support.small_modules import compiled

ANONYMOUS = b"\x04"
ONE_APPLICATION_SUBNET = {
    "subnet_config_set": {
        "application": [{"state_config": "New", "instruction_config": "Production"}],
        "system": [],
        "verified_application": [],
    }
}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def call_body(canister: bytes, method: str, effective: object = "None", payload: bytes = b"") -> dict[str, object]:
    """The body of a message by the anonymous caller; `effective` as REST has it."""
    return {
        "sender": b64(ANONYMOUS),
        "canister_id": b64(canister),
        "effective_principal": effective,
        "method": method,
        "payload": b64(payload),
    }


class RestServer:
    """A server process, started as clients do."""

    def __init__(self, directory: Path, **process: Any) -> None:
        """`process`: options of `subprocess.Popen`."""
        port_file = directory / f"pocket_ic_{os.getpid()}.port"
        command = [os.environ["POCKET_IC_BIN"], "--port-file", str(port_file), "--ttl", "300"]
        self._process = subprocess.Popen(command, **process)
        deadline = time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text().endswith("\n")):
            if time.monotonic() > deadline:
                raise TimeoutError("the server did not start")
            time.sleep(0.05)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port_file.read_text().strip()}", timeout=120)

    def close(self) -> None:
        self.http.close()
        self._process.terminate()
        self._process.wait(timeout=30)

    def create_instance(self, config: object = None) -> "RestInstance":
        answer = self.http.post("/instances", json=config or ONE_APPLICATION_SUBNET)
        answer.raise_for_status()
        return RestInstance(self.http, answer.json()["Created"]["instance_id"])


class RestInstance:
    """One instance of a server."""

    def __init__(self, http: httpx.Client, number: int) -> None:
        self.number = number
        self._http = http

    def post(self, operation: str, body: object) -> Any:
        answer = self._http.post(f"/instances/{self.number}/{operation}", json=body)
        if answer.status_code != 200:
            return {"status": answer.status_code, "body": answer.text}
        return answer.json()

    def get(self, what: str) -> Any:
        return self._http.get(f"/instances/{self.number}/{what}").json()

    def time(self) -> int:
        now: int = self.get("read/get_time")["nanos_since_epoch"]
        return now

    def tick(self) -> None:
        self.post("update/tick", {})

    def update(self, canister: bytes, method: str, arg: bytes, effective: bytes | None = None) -> bytes:
        """Submit and wait; returns the reply. Raises ValueError with the reject."""
        principal = "None" if effective is None else {"CanisterId": b64(effective)}
        submitted = self.post("update/submit_ingress_message", call_body(canister, method, principal, arg))
        if "Ok" not in submitted:
            raise ValueError(json.dumps(submitted))
        answer = self.post("update/await_ingress_message", submitted["Ok"])
        if "Ok" not in answer:
            raise ValueError(json.dumps(answer))
        return base64.b64decode(answer["Ok"])

    def deploy(self, module: str) -> bytes:
        """Create a canister and install a module of WebAssembly text; returns its id."""
        amount = encode([Record((Field("amount", Opt(NAT)),))], [{"amount": 10**15}])
        canister = self.update(b"", "provisional_create_canister_with_cycles", amount)[-10:]
        self.update(b"", "install_code", install_arg(canister, "install", compiled(module), b""), canister)
        return canister
