"""Bodies of answers: query results signed by a node, and the ends that a call can come to."""

from local_replica.certification import NodeKey
from local_replica.certification.separators import RESPONSE
from local_replica.errors import Reject
from local_replica.http.cbor import write_cbor
from local_replica.node.chain import error_code
from local_replica.request_id import Hashable, hash_of_map


def query_answer(outcome: bytes | Reject, request_id: bytes, node: NodeKey, time: int) -> bytes:
    """Encode a query's outcome, signed by `node` at `time` (ns) (specification, "Request: Query call")."""
    fields: dict[str, Hashable]
    if isinstance(outcome, bytes):
        fields = {"status": "replied", "reply": {"arg": outcome}}
    else:
        fields = {"status": "rejected", **_reject_fields(outcome)}
    signed = hash_of_map({**fields, "request_id": request_id, "timestamp": time})
    signature = {"timestamp": time, "signature": node.sign(RESPONSE + signed), "identity": node.node_id}
    return write_cbor({**fields, "signatures": [signature]})


def rejection(reject: Reject) -> bytes:
    """Encode a refusal by the ingress filter as call v2 tells it."""
    return write_cbor(_reject_fields(reject))


def non_replicated_rejection(reject: Reject) -> bytes:
    """Encode a refusal by the ingress filter as the synchronous calls tell it."""
    return write_cbor({"status": "non_replicated_rejection", **_reject_fields(reject)})


def certified(certificate: bytes) -> bytes:
    """Encode the certificate that answers a synchronous call."""
    return write_cbor({"status": "replied", "certificate": certificate})


def _reject_fields(reject: Reject) -> dict[str, Hashable]:
    return {
        "reject_code": reject.reject_code,
        "reject_message": reject.message,
        "error_code": error_code(reject.error_code),
    }
