"""How a canister tells HTTP gateways that it does not certify its responses (HTTP Gateway Protocol, version 2).

What stands behind a token cannot be certified in advance: who may see it, until when, and which range is asked for are
not known then. That the canister itself says so is certified, so no replica can leave a certificate away.
"""

from base64 import b64encode
from hashlib import sha256

from vex_domain.hash_tree import encode_tree, labeled, labeled_digest, leaf, leaf_digest

EXPRESSION = "default_certification(ValidationArgs{no_certification:Empty{}})"
LABEL = b"http_expr"
ANYTHING = b"<*>"
EXPRESSION_PATH = b"\xd9\xd9\xf7\x82\x69http_expr\x63<*>"
"""CBOR of ["http_expr", "<*>"], self-described."""
_EXPRESSION_HASH = sha256(EXPRESSION.encode()).digest()


def subtree() -> bytes:
    """The part of the certified tree that says it, as a witness shows it."""
    return labeled(LABEL, labeled(ANYTHING, labeled(_EXPRESSION_HASH, leaf(b""))))


DIGEST = labeled_digest(LABEL, labeled_digest(ANYTHING, labeled_digest(_EXPRESSION_HASH, leaf_digest(b""))))


def certificate_headers(certificate: bytes, witness: bytes) -> list[tuple[str, str]]:
    """The headers that a gateway checks; `witness` is the certified tree with `subtree` shown."""
    parts = (certificate, encode_tree(witness), EXPRESSION_PATH)
    encoded = [b64encode(part).decode() for part in parts]
    value = "certificate=:" + encoded[0] + ":, tree=:" + encoded[1] + ":, expr_path=:" + encoded[2] + ":, version=2"
    return [("IC-Certificate", value), ("IC-CertificateExpression", EXPRESSION)]
