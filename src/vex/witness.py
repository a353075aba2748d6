"""What a canister shows of its certified tree, held against the subnet's certificate.

Rules: interface specification, "Certification" (hash trees, their encoding) and "Certified data".
"""

from icp_certificate.certificate import Certificate

from candid import Principal
from vex.cbor import read_cbor
from vex.certificates import check_fresh, is_hash_tree, verified_certificate
from vex.errors import Untrusted

__all__ = ["Witness"]


class Witness:
    """A canister's hash tree, of which some parts are shown by path. Raises Untrusted for bytes that are none."""

    def __init__(self, encoded: bytes) -> None:
        tree = read_cbor(encoded, "a witness")
        if not is_hash_tree(tree):
            raise Untrusted("not a witness: no hash tree")
        self._tree = Certificate({"tree": tree})

    def content(self, *path: bytes) -> bytes | None:
        """The content of the leaf at `path`; None where none is shown."""
        found: bytes | None = self._tree.lookup(path)
        return found

    def check(self, certificate: bytes | None, canister: Principal, root_key: bytes) -> None:
        """Check that the subnet certifies this tree for `canister`, and did within five minutes. Raises Untrusted.

        `root_key` is DER.
        """
        if certificate is None:
            raise Untrusted(f"{canister}: no certificate")
        checked = verified_certificate(bytes(certificate), root_key, canister.bytes)
        check_fresh(checked)
        if checked.lookup([b"canister", canister.bytes, b"certified_data"]) != self._tree.root_hash():
            raise Untrusted(f"{canister}: the subnet certifies something else")
