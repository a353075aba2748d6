"""What replicas answer, read as from somebody who may lie: maps, replies under a certificate, rejects."""

from typing import Any

from vex.cbor import read_cbor
from vex.certificates import RootedCertificate
from vex.errors import Rejected, Unreachable, Untrusted, VexError


def certified_reply(certificate: RootedCertificate, request_id: bytes) -> bytes:
    """The reply to a request. Raises Rejected, Unreachable where it is not kept any more, Untrusted."""
    status = text_of(certificate.lookup_request_status(request_id))
    if status == "replied":
        return blob_of({"reply": certificate.lookup_reply(request_id)}, "reply")
    if status == "rejected":
        raise rejected(certificate.lookup_request_rejection(request_id))
    if status == "done":
        raise Unreachable("the request was carried out, and its answer is not kept any more")
    raise Untrusted(f"the certificate says {status or 'nothing'} of this request")


def rejected(answer: dict[str, Any]) -> VexError:
    """The reject in an answer, to be raised; Untrusted for what is none."""
    code = answer.get("reject_code")
    if isinstance(code, bytes):
        code = int.from_bytes(code, "big")
    if not isinstance(code, int):
        return Untrusted("neither a reply nor a reject")
    return Rejected(code, text_of(answer.get("reject_message")) or "", text_of(answer.get("error_code")))


def blob_of(answer: dict[str, Any], name: str) -> bytes:
    """The bytes under a name. Raises Untrusted."""
    value = answer.get(name)
    if not isinstance(value, bytes):
        raise Untrusted(f"the answer has no {name}")
    return value


def read_map(encoded: bytes) -> dict[str, Any]:
    """A CBOR map. Raises Untrusted for anything else."""
    value = read_cbor(encoded)
    if not isinstance(value, dict):
        raise Untrusted("not a CBOR map")
    return value


def text_of(value: object) -> str | None:
    """A text, which a certificate holds as bytes; None for what is neither."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else None
