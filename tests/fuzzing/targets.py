"""What is fuzzed: each target takes any bytes and raises only what it promises to raise; all else is a find.

Each function imports what it needs, so that a run instruments one target's code and no other.
"""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from fuzzing.native_targets import NATIVE_TARGETS

Target = Callable[[], Callable[[bytes], None]]


def candid_values() -> Callable[[bytes], None]:
    """Values off the wire, with and without expected types; what was read is written and read again the same."""
    from candid import CandidError, decode, decode_untyped, encode
    from candid.did import parse_type

    expected = [parse_type(text) for text in CANDID_TYPES]

    def run(content: bytes) -> None:
        with contextlib.suppress(CandidError):
            types, env, values = decode_untyped(content)
            assert decode_untyped(encode(types, values, env))[2] == values or _has_nan(values)
        for type_ in expected:
            with contextlib.suppress(CandidError):
                decode([type_], content)

    return run


CANDID_TYPES = (
    "record { id : nat64; name : text; tags : vec text; owner : opt principal; amount : nat }",
    "variant { Ok : vec record { nat; int }; Err : text }",
    "opt opt vec nat8",
    "func (nat) -> (text) query",
    "float64",
)


def _has_nan(values: object) -> bool:
    return "nan" in repr(values)


def candid_text() -> Callable[[bytes], None]:
    """Interface descriptions and the text form of values."""
    from candid import CandidError
    from candid.did import parse
    from candid.text import parse_untyped

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for read in (parse, parse_untyped):
            with contextlib.suppress(CandidError):
                read(text)

    return run


def http_envelopes() -> Callable[[bytes], None]:
    """Bodies of the IC HTTP API: CBOR, envelopes, and the checks of their signatures."""
    from local_replica.http.authentication import authenticate
    from local_replica.http.envelope import read_envelope
    from local_replica.http.errors import HttpError

    def run(content: bytes) -> None:
        for kind in ("call", "query", "read_state"):
            with contextlib.suppress(HttpError):
                authenticate(read_envelope(content, kind), 1_700_000_000_000_000_000, b"")

    return run


def certificates() -> Callable[[bytes], None]:
    """Certificates and hash trees as the SDK and the gateway read them."""
    from local_replica.certification.reading import Malformed, read_cbor, read_tree
    from vex.certificates import verified_certificate
    from vex.errors import Untrusted

    def run(content: bytes) -> None:
        with contextlib.suppress(Untrusted):
            verified_certificate(content, bytes(133), b"\1")
        with contextlib.suppress(Malformed):
            read_tree(read_cbor(content))

    return run


def rest_bodies() -> Callable[[bytes], None]:
    """JSON bodies of PocketIC's REST API."""
    from local_replica.rest.errors import BodyError, CreationError
    from local_replica.rest.wishes import read_wish

    def run(content: bytes) -> None:
        with contextlib.suppress(BodyError, CreationError):
            read_wish(content)

    return run


def wasm_modules() -> Callable[[bytes], None]:
    """Modules as somebody installs them: refused with an answer, or compiled."""
    from local_replica.execution.engine import new_engine
    from local_replica.execution.validation import Validator

    validator = Validator(new_engine())

    def run(content: bytes) -> None:
        validator.check(content)
        validator.check(b"\0asm\1\0\0\0" + content)

    return run


def canister_sources() -> Callable[[bytes], None]:
    """Python sources, which the checker reads and judges without running them."""
    from canister_runtime.source.reading import read_canister

    folder = Path(tempfile.mkdtemp(prefix="vex-fuzzing-"))
    entry = folder / "main.py"

    def run(content: bytes) -> None:
        entry.write_bytes(content)
        read_canister(entry)

    return run


def image_parts() -> Callable[[bytes], None]:
    """The wasm that the image builder takes apart and puts together again."""
    from canister_runtime.image.wasm import assemble, exports, sections

    def run(content: bytes) -> None:
        module = b"\0asm\1\0\0\0" + content
        with contextlib.suppress(ValueError):
            parts = list(sections(module))
            for part in parts:
                if part.number == 7:
                    exports(part)
            assert assemble(parts)[:8] == module[:8]

    return run


def damaged_maps() -> Callable[[bytes], None]:
    """A stable map with damaged bytes: every operation works or says what is wrong."""
    from candid.did import parse_type
    from canister_runtime.stable.errors import StableMemoryError
    from canister_runtime.stable.opening import Opener, Ordering
    from support.stable_memory import HeapStableMemory

    ordering = Ordering(parse_type("nat64"), {})
    whole = HeapStableMemory(max_pages=1_024)
    tree = Opener(whole).open(3, 15, 64, ordering)
    keys = [b"DIDL\0\1\x78" + number.to_bytes(8, "little") for number in range(60)]
    for key in keys:
        tree.insert(key, key * 3)
    pristine = bytes(whole.content)
    used = len(pristine.rstrip(b"\0")) + 64

    def run(content: bytes) -> None:
        damaged = HeapStableMemory(pristine, max_pages=1_024)
        for at in range(0, len(content) - 3, 4):
            place = int.from_bytes(content[at : at + 3], "big") % used
            damaged.content[place] = content[at + 3]
        with contextlib.suppress(StableMemoryError, AssertionError):
            opened = Opener(damaged).open(3, 15, 64, ordering)
            for key in keys[::7]:
                opened.get(key)
            opened.insert(keys[3][:-1] + b"\1", b"new")
            opened.remove(keys[20])

    return run


def configurations() -> Callable[[bytes], None]:
    """Documents of an organisation's configuration, every section of it."""
    from vex_domain.configuration.documents import read_document
    from vex_domain.configuration.sections import SECTIONS, compile_rules
    from vex_domain.refusals import Refusal

    names = sorted(SECTIONS)

    def run(content: bytes) -> None:
        if not content:
            return
        name = names[content[0] % len(names)]
        with contextlib.suppress(Refusal):
            compile_rules(1, {name: read_document(name, content[1:].decode("utf-8", "replace"))})

    return run


def field_patterns() -> Callable[[bytes], None]:
    """Patterns of custom fields, and the texts they are held against."""
    from vex_domain.fields.text_patterns import compile_pattern
    from vex_domain.refusals import Refusal

    def run(content: bytes) -> None:
        pattern, _, text = content.decode("utf-8", "replace").partition("\n")
        with contextlib.suppress(Refusal):
            compile_pattern("pattern", pattern).matches(text)

    return run


def web_pages() -> Callable[[bytes], None]:
    """Answers of canisters to web requests, pieces of bodies, and certificate headers with their expressions."""
    from local_replica.http.gateway.messages import (
        Callback,
        Unreadable,
        WebRequest,
        WebResponse,
        read_piece,
        read_response,
    )
    from local_replica.http.gateway.verification import NotVerified, Trust, verified

    asked = WebRequest("GET", "/a/b?c=d", (), b"")

    def run(content: bytes) -> None:
        with contextlib.suppress(Unreadable):
            read_response(content)
        with contextlib.suppress(Unreadable):
            read_piece(content, Callback(b"", "more", b""))
        certificate, _, expression = content.decode("utf-8", "replace").partition("\n")
        headers = (("IC-Certificate", certificate), ("IC-CertificateExpression", expression))
        with contextlib.suppress(NotVerified):
            verified(asked, WebResponse(200, headers, b""), Trust(b"", b"", 0))
            raise AssertionError("nothing is certified without a key")

    return run


def canister_signatures() -> Callable[[bytes], None]:
    """Public keys of canisters and signatures by them."""
    from local_replica.http.canister_signatures import CanisterKey, NotSigned

    def run(content: bytes) -> None:
        with contextlib.suppress(NotSigned):
            CanisterKey.of(content).verify(content, b"", b"")
        with contextlib.suppress(NotSigned):
            CanisterKey(b"", b"").verify(content, b"", b"")
            raise AssertionError("nothing is signed without a key")

    return run


def authenticators() -> Callable[[bytes], None]:
    """Keys in COSE, and what authenticators answer."""
    from local_replica.http.public_keys import SignatureRefused, verifier
    from support.authenticators import cose_key, webauthn

    verify = verifier(webauthn()[0], b"")

    def run(content: bytes) -> None:
        with contextlib.suppress(SignatureRefused):
            verifier(cose_key(content), b"")(content, b"message")
        with contextlib.suppress(SignatureRefused):
            verify(content, b"message")
            raise AssertionError("nobody has signed")

    return run


TARGETS: dict[str, Target] = {
    "web_pages": web_pages,
    "canister_signatures": canister_signatures,
    "authenticators": authenticators,
    "candid_values": candid_values,
    "candid_text": candid_text,
    "http_envelopes": http_envelopes,
    "certificates": certificates,
    "rest_bodies": rest_bodies,
    "wasm_modules": wasm_modules,
    "canister_sources": canister_sources,
    "image_parts": image_parts,
    "damaged_maps": damaged_maps,
    "configurations": configurations,
    "field_patterns": field_patterns,
    **NATIVE_TARGETS,
}

INSTRUMENTED = {
    "web_pages": ["local_replica.http.gateway", "local_replica.certification"],
    "canister_signatures": ["local_replica.http.canister_signatures", "local_replica.certification"],
    "authenticators": ["local_replica.http.public_keys", "local_replica.certification"],
    "candid_values": ["candid"],
    "candid_text": ["candid"],
    "http_envelopes": ["local_replica.http"],
    "certificates": ["vex.certificates", "local_replica.certification"],
    "rest_bodies": ["local_replica.rest"],
    "wasm_modules": ["local_replica.execution"],
    "canister_sources": ["canister_runtime.source"],
    "image_parts": ["canister_runtime.image.wasm"],
    "damaged_maps": ["canister_runtime.stable"],
    "configurations": ["vex_domain"],
    "field_patterns": ["vex_domain.fields"],
    **{name: [] for name in NATIVE_TARGETS},
}
"""The packages whose branches guide a target; those in C guide by themselves."""
