"""Where fuzzing begins: inputs that are right, so that mutations reach what lies behind the first check."""

import json
from pathlib import Path

import cbor2
import wasmtime
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import candid
from candid.did import parse_type
from fuzzing.native_targets import NATIVE_SEEDS
from local_replica.http.gateway.messages import WebResponse
from support import small_modules
from support.authenticators import webauthn
from support.canister_signatures import canister_key
from support.web_pages import ALL_BUT, FULL, RESPONSE_ONLY, SKIPPED, certificate_header, encoded_page, encoded_piece
from vex_domain.configuration.sections import SECTIONS

CANISTERS = Path(__file__).parents[2] / "canisters"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_SOURCES = (
    b"class R(Record):\n    a: nat64\n    b: Opt[text]\n@query\ndef m(r: R) -> R:\n    return r\n",
    b"V = Alias[Vec[nat8]]\nclass S(Service):\n    @service_query\n    def q(self) -> text: ...\n",
    b"db = StableBTreeMap[nat64, text](memory_id=0, max_key_size=15, max_value_size=100)\n",
    b"@update\ndef u() -> Async[nat64]:\n    x = yield f()\n    return match(x, {'Ok': lambda o: o})\n",
)
_VALUES = (
    ("record { id : nat64; name : text; amount : nat }", {"id": 7, "name": "n", "amount": 10**20}),
    ("variant { Ok : vec record { nat; int }; Err : text }", {"Ok": [(1, -1), (2, 300)]}),
    ("opt opt vec nat8", candid.Some(b"bytes")),
    ("func (nat) -> (text) query", (candid.Principal(b"\1\1"), "method")),
    ("float64", 1.5),
)


def candid_values() -> list[bytes]:
    """One message of each type that the target expects."""
    return [candid.encode([parse_type(text)], [value]) for text, value in _VALUES]


def candid_text() -> list[bytes]:
    """Our interfaces in parts, and some values."""
    parts = [part for path in sorted(CANISTERS.glob("*/*.did")) for part in path.read_bytes().split(b";\n")[:20]]
    values = [
        b'(record { a = 1 : nat8; "b c" = opt "t\\u{1F525}" }, vec { -1; 2 }, principal "aaaaa-aa")',
        b'(blob "\\00\\ff")',
    ]
    return [*parts, *values]


def http_envelopes() -> list[bytes]:
    """Envelopes of every kind, signed and anonymous, with a delegation."""
    der = bytes.fromhex("302a300506032b6570032100") + _KEY.public_key().public_bytes_raw()
    content = {"sender": b"\4", "ingress_expiry": 1_700_000_100_000_000_000, "canister_id": b"\1", "nonce": b"n"}
    delegation = {
        "delegation": {"pubkey": der, "expiration": 1_800_000_000_000_000_000, "targets": [b"\1"]},
        "signature": bytes(64),
    }
    seeds = []
    for kind in ("call", "query", "read_state"):
        body = {**content, "request_type": kind, "method_name": "m", "arg": b"DIDL\0\0", "paths": [[b"time"]]}
        seeds.append(cbor2.dumps({"content": body}))
        signed = {"content": body, "sender_pubkey": der, "sender_sig": bytes(64), "sender_delegation": [delegation]}
        seeds.append(cbor2.dumps(signed))
    return seeds


def certificates() -> list[bytes]:
    """A tree with each kind of node, and a certificate with a delegation."""
    tree = [1, [2, b"time", [3, b"\1"]], [1, [4, bytes(32)], [2, b"canister", [0]]]]
    inner = cbor2.dumps({"tree": tree, "signature": bytes(48)})
    outer = {"tree": tree, "signature": bytes(48), "delegation": {"subnet_id": b"\1", "certificate": inner}}
    return [cbor2.dumps(tree), inner, cbor2.dumps(cbor2.CBORTag(55799, outer))]


def rest_bodies() -> list[bytes]:
    """What a client asks an instance to be."""
    spec = {"state_config": "New", "instruction_config": "Production", "dts_flag": "Enabled"}
    subnets = {"application": [spec], "nns": spec, "system": [], "verified_application": []}
    return [json.dumps({"subnet_config_set": subnets, "nonmainnet_features": False, "log_level": "info"}).encode()]


def wasm_modules() -> list[bytes]:
    """Small canisters."""
    texts = [text for name, text in vars(small_modules).items() if name.isupper() and isinstance(text, str)]
    return [bytes(wasmtime.wat2wasm(text)) for text in texts]


def canister_sources() -> list[bytes]:
    """A canister with some of everything that the checker reads."""
    return [b"from kybra import *\n" + part for part in _SOURCES]


def image_parts() -> list[bytes]:
    """Small canisters without their preamble."""
    return [module[8:] for module in wasm_modules()]


def damaged_maps() -> list[bytes]:
    """Some places and what stands there afterwards."""
    return [bytes((0, 0, at, 255)) for at in range(0, 250, 10)] + [bytes((1, 0, at, 1)) for at in range(0, 250, 25)]


def configurations() -> list[bytes]:
    """Every section's default, by its number."""
    names = sorted(SECTIONS)
    return [bytes((number,)) + json.dumps(SECTIONS[name][0]).encode() for number, name in enumerate(names)]


def field_patterns() -> list[bytes]:
    """Patterns with every kind of element."""
    return [b"^[A-Z]{2,3}-\\d+(a|b)?$\nAB-12a", b"(x|y)*z\nxyz", b"[^0-9\\-]+\nabc", b"\\w+@\\w+\\.\\w+\nme@it.de"]


def web_pages() -> list[bytes]:
    """A page, pieces, and headers of version 2 with each expression."""
    page = encoded_page(WebResponse(200, (("Content-Type", "text/html"),), b"body"), stream=(b"\1", "more"))
    header = certificate_header(
        cbor2.dumps({"tree": [0], "signature": bytes(48)}), cbor2.dumps([0]), ["http_expr", "<$>"]
    )
    headers = [f"{header[1]}\n{expression}".encode() for expression in (SKIPPED, RESPONSE_ONLY, ALL_BUT, FULL)]
    return [page, encoded_piece(b"more", more=True), encoded_piece(b"", more=False), *headers]


def canister_signatures() -> list[bytes]:
    """A key, and a signature without a certificate that holds."""
    certificate = cbor2.dumps({"tree": [2, b"time", [3, b"\0"]], "signature": bytes(48)})
    tree = [2, b"sig", [1, [4, bytes(32)], [2, bytes(32), [3, b""]]]]
    return [canister_key(b"\1\1", b"seed"), cbor2.dumps({"certificate": certificate, "tree": tree})]


def authenticators() -> list[bytes]:
    """A key of each kind, and an answer with client data as a text and as bytes."""
    es256 = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
    rs256 = {1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\1\0\1"}
    answers = [webauthn(text=text)[1](b"message") for text in (True, False)]
    return [cbor2.dumps(es256), cbor2.dumps(rs256), *answers]


SEEDS = NATIVE_SEEDS | {
    make.__name__: make
    for make in (
        web_pages,
        canister_signatures,
        authenticators,
        candid_values,
        candid_text,
        http_envelopes,
        certificates,
        rest_bodies,
        wasm_modules,
        canister_sources,
        image_parts,
        damaged_maps,
        configurations,
        field_patterns,
    )
}
