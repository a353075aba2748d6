"""Replays the recordings of what stands on the wire: the subjects `http` (IC HTTP API) and `rest` (PocketIC's API)."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from candid import encode
from candid.principal import from_text, to_text
from candid.types import NAT, Field, Opt, Record
from local_replica.certification.separators import REQUEST
from local_replica.request_id import hash_of_map
from support.in_process_driver import install_arg
from support.recordings import UNCREATED, Labels, module_of
from support.rest_client import RestInstance, RestServer, b64

_TOKEN = re.compile(r"<(?!=)([^<>]{1,200})>")
_CANISTER = re.compile(r"(text:|base64 of )?canister:(\d+|uncreated)")
_REPEAT = re.compile(r"repeat:([0-9a-f]{2}):(\d+)")
_NOW = re.compile(r"now([+-]\d+)")
_NODE = re.compile(r"(/node/)[0-9a-f]{58}")
_HEX_LABEL = re.compile(r"([0-9a-f]{2}){2,}")
_SUBNET_LABEL = re.compile(r"subnet/[^/]+/")
_ZEROS = re.compile(r"0{64,}")


@dataclass
class Difference:
    """A step whose answer is not the recorded one."""

    index: int
    step: dict[str, Any]
    answer: dict[str, Any]


@dataclass
class WireWalk:
    """One walk over a recording."""

    server: RestServer
    instance: RestInstance = field(init=False)
    labels: dict[str, bytes] = field(default_factory=dict)
    deleted: int | None = None
    request_ids: list[bytes] = field(default_factory=list)
    message: dict[str, Any] = field(default_factory=dict)
    gateway: int = 0
    _last_call: bytes = b""
    _note: str = ""

    def run(self, steps: list[dict[str, Any]]) -> Iterator[Difference]:
        """Do the steps; yields those that differ."""
        for index, step in enumerate(steps):
            match step["do"]:
                case "new_instance":
                    self._new_instance(step)
                case "create_canister":
                    self._create(step)
                case "install_code":
                    self._install(step)
                case "tick":
                    for _ in range(step["rounds"]):
                        self.instance.tick()
                case "http":
                    yield from self._compare(index, step, self._http(step))
                case "rest":
                    yield from self._compare(index, step, self._rest(step))

    def _new_instance(self, step: dict[str, Any]) -> None:
        self.instance = self.server.create_instance(step.get("config"))
        # A fresh genuine instance has run a round before its creator hears of it.
        self.labels = {"uncreated": UNCREATED}
        self.request_ids.clear()

    def _create(self, step: dict[str, Any]) -> None:
        arg = encode([Record((Field("amount", Opt(NAT)),))], [{"amount": step["cycles"]}])
        reply = self.instance.update(b"", "provisional_create_canister_with_cycles", arg)
        self.labels[step["expect"]["canister"][10:-1]] = reply[-10:]

    def _install(self, step: dict[str, Any]) -> None:
        canister = self.labels[step["canister"][10:-1]]
        module = module_of({"subject": "http", **step}, Labels())
        self.instance.update(b"", "install_code", install_arg(canister, step["mode"], module, b""), canister)

    @property
    def subnet(self) -> bytes:
        topology = self.server.http.get(f"/instances/{self.instance.number}/read/topology").json()
        return from_text(next(iter(topology["subnet_configs"])))

    def _text(self, text: str) -> str:
        """A text of a request, with its tokens put in."""
        return _TOKEN.sub(lambda found: self._token(found[1], found[0]), text)

    def _token(self, name: str, whole: str) -> str:
        if canister := _CANISTER.fullmatch(name):
            raw = self.labels[canister[2]]
            return b64(raw) if canister[1] == "base64 of " else to_text(raw)
        fixed = {"instance": str(self.instance.number), "gateway": str(self.gateway), "port": "0"}
        if name in fixed:
            return fixed[name]
        if name == "deleted":
            if self.deleted is None:
                self.deleted = self.server.create_instance().number
            return str(self.deleted)
        if name == "base64 of subnet:0":
            return b64(self.subnet)
        if name == "subnet:0":
            return to_text(self.subnet)
        return whole

    def _hex(self, text: str) -> bytes:
        def replaced(found: re.Match[str]) -> str:
            if repeat := _REPEAT.fullmatch(found[1]):
                return repeat[1] * int(repeat[2])
            return self.labels[found[1].removeprefix("canister:")].hex()

        return bytes.fromhex(_TOKEN.sub(replaced, text))

    def _content(self, recorded: Any) -> Any:
        """CBOR content of a request."""
        if isinstance(recorded, dict):
            if set(recorded) == {"hex"}:
                return self._hex(recorded["hex"])
            return {
                key: [self._path(path) for path in value] if key == "paths" else self._content(value)
                for key, value in recorded.items()
            }
        if isinstance(recorded, list):
            return [self._content(one) for one in recorded]
        if isinstance(recorded, str) and (now := _NOW.fullmatch(recorded[1:-1])):
            return self.instance.time() + int(now[1])
        return recorded

    def _path(self, path: str) -> list[bytes]:
        unknown = iter((b"\7" * 32, b"\x08" * 32))
        return [self._label(label, unknown) for label in path.split("/")]

    def _label(self, label: str, unknown: Iterator[bytes]) -> bytes:
        if label == "<request id>":
            return self.request_ids[-1] if self.request_ids else next(unknown)
        if label == "<subnet:0>":
            return self.subnet
        if label.startswith("<canister:"):
            return self.labels[label[10:-1]]
        return bytes.fromhex(label) if _HEX_LABEL.fullmatch(label) else label.encode()

    def _envelope(self, step: dict[str, Any]) -> bytes:
        if step.get("note") == "the same message again":
            return self._last_call
        envelope = {key: self._content(value) for key, value in step["cbor"].items()}
        content = envelope.get("content", {})
        paths = content.get("paths", [])
        if step.get("note") == "two request ids":
            content["paths"] = [[b"request_status", b"\7" * 32], [b"request_status", b"\x08" * 32]]
        request_id = hash_of_map(content) if paths or "method_name" in content else b""
        if "signed_with" in step:
            key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(step["signed_with"]["ed25519_secret_key"]))
            envelope["sender_sig"] = key.sign(REQUEST + request_id)
        elif str(envelope.get("sender_sig", "")).startswith("<signature of "):
            envelope["sender_sig"] = bytes(int(envelope["sender_sig"].split()[2]))
        tag = b"" if step.get("self_describing_tag") is False else bytes.fromhex("d9d9f7")
        body = tag + cbor2.dumps(envelope)
        if content.get("request_type") == "call":
            self.request_ids.append(request_id)
            self._last_call = body
        return body

    def _http(self, step: dict[str, Any]) -> dict[str, Any]:
        body = self._envelope(step) if "cbor" in step else bytes.fromhex(step.get("body", ""))
        headers = {"content-type": step["content_type"]} if step.get("content_type") else {}
        if "rounds" not in step:
            return self._send(step, body, headers)
        answers: list[dict[str, Any]] = []
        sending = threading.Thread(target=lambda: answers.append(self._send(step, body, headers)))
        sending.start()
        while sending.is_alive():
            self.instance.tick()
            sending.join(0.02)
        return answers[0]

    def _rest(self, step: dict[str, Any]) -> dict[str, Any]:
        self._note = step.get("note", "")
        if "json" not in step:
            headers = {"content-type": "application/json"} if "body" in step else {}
            return self._send(step, bytes(step.get("body", ""), "utf-8"), headers)
        body = json.dumps(self._json(step["json"])).encode()
        kind = step.get("content_type", "application/json")
        return self._send(step, body, {} if step.get("note") == "no content type" else {"content-type": kind})

    def _json(self, recorded: Any) -> Any:
        if isinstance(recorded, dict):
            if "message_id" in recorded:
                return self._message_id(recorded)
            return {key: self._json(value) for key, value in recorded.items()}
        if isinstance(recorded, list):
            return [self._json(one) for one in recorded]
        if isinstance(recorded, str) and recorded in ("<instance>", "<port>"):
            return int(self._text(recorded))
        return self._text(recorded) if isinstance(recorded, str) else recorded

    def _message_id(self, recorded: dict[str, Any]) -> dict[str, Any]:
        principal = recorded["effective_principal"]
        if principal != "None" and "SubnetId" in principal:
            return self.message
        raw = b"\1" if self._note == "one-byte id" else bytes(32)
        return {"effective_principal": self._json(principal), "message_id": b64(raw)}

    def _send(self, step: dict[str, Any], body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self.server.http.request(step["method"], self._text(step["path"]), content=body, headers=headers)
        except httpx.RemoteProtocolError:
            return {"connection": "closed without an answer"}
        told: dict[str, Any] = {"status": answer.status_code, "content_type": answer.headers.get("content-type")}
        if told["content_type"] == "application/cbor":
            return {**told, "cbor": _readable(cbor2.loads(answer.content))}
        if told["content_type"] == "application/json":
            told["json"] = answer.json()
            self._remember(told["json"])
            return told
        return {**told, "body": answer.text}

    def _remember(self, answer: Any) -> None:
        if isinstance(answer, dict) and isinstance(answer.get("Ok"), dict):
            self.message = answer["Ok"]
        created = answer.get("Created") if isinstance(answer, dict) else None
        if isinstance(created, dict) and "port" in created:
            self.gateway = created["instance_id"]

    def _compare(self, index: int, step: dict[str, Any], answer: dict[str, Any]) -> Iterator[Difference]:
        expected = {key: value for key, value in step["expect"].items() if key != "self_describing_tag"}
        if not all(self._same(value, answer.get(key)) for key, value in expected.items()):
            yield Difference(index, step, answer)

    def _same(self, expected: Any, actual: Any) -> bool:
        if isinstance(expected, dict):
            return isinstance(actual, dict) and self._same_fields(expected, actual)
        if isinstance(expected, list):
            if not isinstance(actual, list) or len(expected) != len(actual):
                return False
            expected, actual = _without_keys(expected), _without_keys(actual)
            return all(self._same(one, other) for one, other in zip(expected, actual, strict=True))
        if isinstance(expected, str) and "<" in expected:
            pattern = self._pattern(expected)
            return re.fullmatch(pattern, str(actual), re.DOTALL) is not None
        if isinstance(expected, str) and isinstance(actual, str):
            return _ZEROS.sub("0", expected) == _ZEROS.sub("0", actual)
        return bool(expected == actual)

    def _same_fields(self, expected: dict[str, Any], actual: dict[str, Any]) -> bool:
        if len(expected) != len(actual):
            return False
        others = dict(actual)
        for key, value in expected.items():
            fitting = [
                other
                for other in others
                if re.fullmatch(self._pattern(key), other, re.DOTALL) and self._same(value, others[other])
            ]
            if not fitting:
                return False
            del others[fitting[0]]
        return True

    def _pattern(self, expected: str) -> str:
        pattern, position = "", 0
        for found in _TOKEN.finditer(expected):
            pattern += re.escape(expected[position : found.start()]) + self._token_pattern(found[1])
            position = found.end()
        return pattern + re.escape(expected[position:])

    def _token_pattern(self, name: str) -> str:
        canister = _CANISTER.fullmatch(name)
        if canister is None:
            return ".*"
        raw = self.labels.get(canister[2])
        if raw is None:
            return ".*"
        forms = {to_text(raw), raw.hex(), to_text(raw).encode().hex(), b64(raw)}
        return "(?:" + "|".join(re.escape(form) for form in forms) + ")"


def _without_keys(leaves: list[Any]) -> list[Any]:
    """Leaves of a tree with nodes and public keys made equal: those are random in each replica."""
    if not all(isinstance(leaf, list) and len(leaf) == 2 and isinstance(leaf[0], str) for leaf in leaves):
        return leaves
    masked = [[_NODE.sub(r"\1", path), "" if path.endswith("public_key") else value] for path, value in leaves]
    return sorted(masked, key=lambda leaf: _SUBNET_LABEL.sub("subnet/", leaf[0]))


def _readable(item: Any) -> Any:
    """A decoded answer as it is recorded: bytes as hex, certificates as leaves."""
    if isinstance(item, bytes):
        return {"hex": item.hex()}
    if isinstance(item, list):
        return [_readable(one) for one in item]
    if not isinstance(item, dict):
        return item
    told = {key: _readable(value) for key, value in item.items()}
    if "certificate" in item:
        certificate = cbor2.loads(item["certificate"])
        told["certificate"] = {
            "tree": sorted(_leaves(certificate["tree"], "")),
            "signature": f"<signature of {len(certificate['signature'])} bytes>",
        }
    for name in ("timestamp", "signature", "identity", "root_key"):
        if name in item:
            told[name] = str(item[name])
    return told


def _leaves(node: list[Any], path: str) -> Iterator[list[str]]:
    match node[0]:
        case 1:
            yield from _leaves(node[1], path)
            yield from _leaves(node[2], path)
        case 2:
            label = node[1].decode() if node[1].isascii() and node[1].decode().isprintable() else node[1].hex()
            yield from _leaves(node[2], f"{path}/{label}" if path else label)
        case 3:
            yield [path, node[1].hex()]
