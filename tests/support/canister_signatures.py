"""Public keys of canisters, as Internet Identity gives them out."""

from local_replica.http.canister_signatures import OID


def canister_key(canister_id: bytes, seed: bytes) -> bytes:
    """The DER public key of a canister for a seed."""
    raw = b"\0" + bytes([len(canister_id)]) + canister_id + seed
    return _element(0x30, _element(0x30, OID) + _element(0x03, raw))


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content
