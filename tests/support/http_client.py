"""A plain client of the IC HTTP API that signs, and the server process that it talks to."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from candid import encode
from candid.principal import to_text
from candid.types import NAT, Field, Opt, Record
from local_replica.certification import self_authenticating
from local_replica.certification.separators import REQUEST
from local_replica.request_id import hash_of_map
from support.in_process_driver import install_arg
from vex.certificates import RootedCertificate, verified_certificate

FIVE_MINUTES_NS = 5 * 60 * 10**9
_AMOUNT = Record((Field("amount", Opt(NAT)),))


class Rejected(Exception):
    """A call came back with a reject."""


@dataclass
class Signer:
    """An Ed25519 key and its principal."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.public_key = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.sender = self_authenticating(self.public_key)

    def envelope(self, kind: str, **content: Any) -> tuple[bytes, dict[str, Any]]:
        """A signed request: its id, and what is sent."""
        content = {
            "request_type": kind,
            "sender": self.sender,
            "ingress_expiry": time.time_ns() + FIVE_MINUTES_NS,
            "nonce": os.urandom(8),
            **content,
        }
        request_id = hash_of_map(content)
        signature = self.key.sign(REQUEST + request_id)
        return request_id, {"content": content, "sender_pubkey": self.public_key, "sender_sig": signature}


class HttpClient:
    """One sender at one replica; every answer's certificate is checked."""

    def __init__(self, url: str, signer: Signer | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=60)
        self.signer = signer or Signer()
        self.root_key: bytes = cbor2.loads(self.http.get("/api/v2/status").content)["root_key"]

    def post(self, path: str, envelope: object) -> httpx.Response:
        return self.http.post(path, content=cbor2.dumps(envelope))

    def call(self, canister: bytes, method: str, arg: bytes = b"", effective: bytes | None = None) -> bytes:
        """An update call by v4; returns the certified reply. Raises Rejected, httpx.HTTPError."""
        request_id, envelope = self.signer.envelope("call", canister_id=canister, method_name=method, arg=arg)
        at = canister if effective is None else effective
        answer = self.post(f"/api/v4/canister/{to_text(at)}/call", envelope)
        if answer.status_code != 200:
            raise httpx.HTTPStatusError(answer.text, request=answer.request, response=answer)
        return self.reply_in(cbor2.loads(answer.content), request_id, at)

    def reply_in(self, answer: dict[str, Any], request_id: bytes, effective: bytes) -> bytes:
        """The reply of a synchronous call's answer. Raises Rejected."""
        if answer["status"] != "replied":
            raise Rejected(f"{answer['error_code']}: {answer['reject_message']}")
        certificate = verified_certificate(answer["certificate"], self.root_key, effective)
        reply = certificate.lookup_reply(request_id)
        if reply is None:
            raise Rejected(str(certificate.lookup_request_rejection(request_id)))
        return reply

    def query(self, canister: bytes, method: str, arg: bytes = b"") -> bytes:
        """A query call; returns the reply. Raises Rejected."""
        _, envelope = self.signer.envelope("query", canister_id=canister, method_name=method, arg=arg)
        answer = cbor2.loads(self.post(f"/api/v3/canister/{to_text(canister)}/query", envelope).content)
        if answer["status"] != "replied":
            raise Rejected(f"{answer['error_code']}: {answer['reject_message']}")
        reply: bytes = answer["reply"]["arg"]
        return reply

    def read_state(self, canister: bytes, paths: Iterable[Iterable[bytes]]) -> RootedCertificate:
        """A checked certificate over paths."""
        return verified_certificate(self.certificate(canister, paths), self.root_key, canister)

    def certificate(self, canister: bytes, paths: Iterable[Iterable[bytes]]) -> bytes:
        """A certificate over paths, as it comes."""
        _, envelope = self.signer.envelope("read_state", paths=[list(path) for path in paths])
        answer = self.post(f"/api/v3/canister/{to_text(canister)}/read_state", envelope)
        answer.raise_for_status()
        encoded: bytes = cbor2.loads(answer.content)["certificate"]
        return encoded

    def create(self, module: bytes) -> bytes:
        """Create a canister and install `module`."""
        arg = encode([_AMOUNT], [{"amount": 10**15}])
        default = self.http.get("/_/topology").json()["default_effective_canister_id"]["canister_id"]
        created = self.call(b"", "provisional_create_canister_with_cycles", arg, base64.b64decode(default))
        canister = created[-10:]
        self.call(b"", "install_code", install_arg(canister, "install", module, b""), effective=canister)
        return canister


def command(name: str) -> str:
    """A console script of this environment."""
    return str(Path(sys.executable).with_name(name))


@dataclass
class Server:
    """A running `local-replica start`."""

    process: "subprocess.Popen[str]"
    url: str

    def client(self, signer: Signer | None = None) -> HttpClient:
        return HttpClient(self.url, signer)


def start(*options: str, **popen: Any) -> Server:
    """Start `local-replica` on a free port and wait until it serves. Raises RuntimeError with what it said instead."""
    process = subprocess.Popen(
        [command("local-replica"), "start", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **popen,
    )
    line = process.stdout.readline() if process.stdout else ""
    if " at http://" not in line:
        raise RuntimeError(process.communicate(timeout=30)[1])
    return Server(process, line.split(" at ")[1].split()[0])


@contextmanager
def serving(*options: str, **popen: Any) -> Iterator[Server]:
    """A server that is ended afterwards, if it has not ended before."""
    server = start(*options, **popen)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.communicate(timeout=30)
