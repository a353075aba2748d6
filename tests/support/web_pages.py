"""A canister whose web pages a test writes, and pages certified as the HTTP Gateway Protocol wants it."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import cbor2

from candid import Principal, encode
from candid.types import BLOB, BOOL, NAT16, NAT32, TEXT, Field, Func, Opt, Record, Variant, Vec
from local_replica.certification import label_map
from local_replica.certification.hash_tree import Leaf, Node
from local_replica.certification.witness import wanted, witness
from local_replica.http.gateway.expressions import read_expression
from local_replica.http.gateway.messages import WebRequest, WebResponse
from local_replica.http.gateway.verification import request_hash, response_hash
from support.http_client import HttpClient
from support.small_modules import compiled

PAGES = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject" (func $reject (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "data_certificate_size" (func $size (result i32)))
  (import "ic0" "data_certificate_copy" (func $certificate (param i32 i32 i32)))
  (memory 80)
  (func $keep (param $at i32)
    (i32.store (local.get $at) (call $arg_size))
    (call $arg_copy (i32.add (local.get $at) (i32.const 4)) (i32.const 0) (call $arg_size)) (call $reply))
  (func $tell (param $at i32)
    (call $append (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at))) (call $reply))
  (func (export "canister_update certify")
    (call $arg_copy (i32.const 0) (i32.const 0) (i32.const 32)) (call $certify (i32.const 0) (i32.const 32))
    (call $reply))
  (func (export "canister_query certificate")
    (call $certificate (i32.const 0) (i32.const 0) (call $size))
    (call $append (i32.const 0) (call $size)) (call $reply))
  (func (export "canister_update page") (call $keep (i32.const 65536)))
  (func (export "canister_update updated_page") (call $keep (i32.const 1114112)))
  (func (export "canister_update piece") (call $keep (i32.const 2162688)))
  (func (export "canister_query http_request")
    (i32.store (i32.const 4194304) (call $arg_size))
    (if (i32.eqz (i32.load (i32.const 65536))) (then (call $trap (i32.const 0) (i32.const 0))))
    (call $tell (i32.const 65536)))
  (func (export "canister_update http_request_update") (call $tell (i32.const 1114112)))
  (func (export "canister_query next_piece")
    (if (i32.gt_u (call $arg_size) (i32.const 12)) (then (call $tell (i32.const 2162688)))
      (else (call $reject (i32.const 0) (i32.const 0))))))
"""
"""Keeps pages that it is given and shows them; certifies what it is told to."""

TOKEN = Record((Field("name", TEXT), Field("index", NAT32)))
_PIECE = Record((Field("body", BLOB), Field("token", Opt(TOKEN))))
_CALLBACK = Record((Field("callback", Func((TOKEN,), (Opt(_PIECE),), ("query",))), Field("token", TOKEN)))
_RESPONSE = Record(
    (
        Field("status_code", NAT16),
        Field("headers", Vec(Record((Field(0, TEXT), Field(1, TEXT))))),
        Field("body", BLOB),
        Field("upgrade", Opt(BOOL)),
        Field("streaming_strategy", Opt(Variant((Field("Callback", _CALLBACK),)))),
    )
)

SKIPPED = "default_certification(ValidationArgs{no_certification:Empty{}})"
RESPONSE_ONLY = (
    "default_certification(ValidationArgs{certification:Certification{no_request_certification:Empty{},"
    'response_certification:ResponseCertification{certified_response_headers:ResponseHeaderList{headers:["Content-Type"]}}}})'
)
ALL_BUT = (
    "default_certification(ValidationArgs{certification:Certification{no_request_certification:Empty{},"
    'response_certification:ResponseCertification{response_header_exclusions:ResponseHeaderList{headers:["Date"]}}}})'
)
FULL = (
    "default_certification(ValidationArgs{certification:Certification{request_certification:RequestCertification{"
    'certified_request_headers:["Accept-Language"],certified_query_parameters:["q"]},'
    'response_certification:ResponseCertification{certified_response_headers:ResponseHeaderList{headers:["Content-Type"]}}}})'
)


def encoded_page(page: WebResponse, *, stream: tuple[bytes, str] | None = None) -> bytes:
    """A page as the canister answers it; `stream` names canister and method of the next piece."""
    strategy: Any = None
    if stream is not None:
        callback = (Principal(stream[0]), stream[1])
        strategy = {"Callback": {"callback": callback, "token": {"name": "body", "index": 1}}}
    headers = list(page.headers)
    fields = {
        "status_code": page.status,
        "headers": headers,
        "body": page.body,
        "upgrade": page.upgrade or None,
        "streaming_strategy": strategy,
    }
    return encode([_RESPONSE], [fields])


def encoded_piece(body: bytes, *, more: bool) -> bytes:
    """A piece of a body, with or without a token for the next one."""
    token = {"name": "body", "index": 2} if more else None
    return encode([Opt(_PIECE)], [{"body": body, "token": token}])


@dataclass
class Site:
    """A tree of certified pages; the root hash is what the canister certifies."""

    entries: dict[tuple[bytes, ...], bytes] = field(default_factory=dict)

    def body(self, path: str, body: bytes) -> None:
        """Certify a body by version 1."""
        self.entries[b"http_assets", path.encode()] = hashlib.sha256(body).digest()

    def page(self, path: list[str], request: WebRequest, page: WebResponse) -> None:
        """Certify request and response by version 2, as the page's expression says."""
        expression = page.header("IC-CertificateExpression") or ""
        certification = read_expression(expression)
        start = (*(part.encode() for part in path), hashlib.sha256(expression.encode()).digest())
        if certification is None:
            self.entries[start] = b""
            return
        asked = b"" if certification.request is None else request_hash(request, certification.request)
        self.entries[(*start, asked, response_hash(page, certification))] = b""

    def tree(self) -> Node:
        return _tree(self.entries)

    def shown(self, paths: Iterable[tuple[bytes, ...]]) -> bytes:
        """The witness for some paths, or that they are absent."""
        return cbor2.dumps(witness(self.tree(), wanted(paths)).encoded())


def _tree(entries: dict[tuple[bytes, ...], bytes]) -> Node:
    below: dict[bytes, dict[tuple[bytes, ...], bytes]] = {}
    for path, content in entries.items():
        below.setdefault(path[0], {})[path[1:]] = content
    return label_map.from_entries(
        {label: Leaf(rest[()]) if () in rest else _tree(rest) for label, rest in below.items()}
    )


def certificate_header(certificate: bytes, tree: bytes, path: list[str] | None = None) -> tuple[str, str]:
    """The header `IC-Certificate`, of version 2 when there is an expression path."""
    parts = [f"certificate=:{_base64(certificate)}:", f"tree=:{_base64(tree)}:"]
    if path is not None:
        parts += [f"expr_path=:{_base64(cbor2.dumps(path))}:", "version=2"]
    return "IC-Certificate", ", ".join(parts)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@dataclass
class PageCanister:
    """A canister with PAGES."""

    client: HttpClient
    id: bytes

    @classmethod
    def new(cls, client: HttpClient) -> "PageCanister":
        return cls(client, client.create(compiled(PAGES)))

    def certificate(self, site: Site) -> bytes:
        """Let it certify a site; the certificate."""
        self.client.call(self.id, "certify", site.tree().digest)
        return self.client.query(self.id, "certificate")

    def show(self, page: WebResponse, *, stream: str | None = None) -> None:
        """Answer web requests with this page from now on."""
        where = None if stream is None else (self.id, stream)
        self.client.call(self.id, "page", encoded_page(page, stream=where))
