"""That responses are not certified is said as `ic-http-certification` says it."""

import base64

import cbor2

from vex_domain.attachments import skipped_certification
from vex_domain.hash_tree import encode_tree, tree_digest

RUST = "55ecc31c3e8047fc158f20ea0aa0609aacc7b57e06ea40dc41860272a7d64291"
"""`skip_certification_certified_data()` as the test of crate ic-http-certification 3.2.0 has it."""


def test_the_subtree_has_the_digest_of_the_rust_library() -> None:
    assert skipped_certification.DIGEST.hex() == RUST
    tree = cbor2.loads(encode_tree(skipped_certification.subtree()))
    assert tree_digest(tree.value if hasattr(tree, "value") else tree).hex() == RUST


def test_the_headers_name_certificate_tree_and_path() -> None:
    headers = dict(skipped_certification.certificate_headers(b"certificate", skipped_certification.subtree()))
    fields = dict(part.strip().split("=", 1) for part in headers["IC-Certificate"].split(","))
    assert fields["version"] == "2"
    assert base64.b64decode(fields["certificate"].strip(":")) == b"certificate"
    assert cbor2.loads(base64.b64decode(fields["expr_path"].strip(":"))) == ["http_expr", "<*>"]
    assert headers["IC-CertificateExpression"].startswith("default_certification(")
