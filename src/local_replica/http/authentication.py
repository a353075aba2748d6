"""Who sent a request, and whether it may be believed (interface specification, "Authentication")."""

from datetime import UTC, datetime
from functools import lru_cache

from candid.principal import to_text
from local_replica.certification import self_authenticating
from local_replica.certification.separators import REQUEST, REQUEST_AUTH_DELEGATION
from local_replica.http.envelope import Delegation, Envelope
from local_replica.http.errors import InvalidRequest
from local_replica.http.principals import ANONYMOUS, MAX_PRINCIPAL_BYTES
from local_replica.http.public_keys import SignatureRefused, verifier
from local_replica.request_id import Hashable, hash_of_map

MAX_NONCE_BYTES = 32
MAX_DELEGATIONS = 20
MAX_TARGETS = 1000
MAX_EXPIRY_AHEAD_NS = 6 * 60 * 10**9
"""Five minutes, and one for clocks that differ."""


def authenticate(envelope: Envelope, now: int, root_key: bytes) -> frozenset[bytes] | None:
    """Check expiry, nonce, signature and delegations at `now` (ns); canister signatures against `root_key` (DER).

    Returns the canisters that the delegations are limited to, or None for any. Raises InvalidRequest.
    """
    if envelope.kind == "call" or envelope.sender != ANONYMOUS:
        _check_expiry(envelope.ingress_expiry, now)
    if envelope.nonce is not None and len(envelope.nonce) > MAX_NONCE_BYTES:
        raise InvalidRequest(
            f"Nonce in request is too big: got {len(envelope.nonce)} bytes, but at most {MAX_NONCE_BYTES} are allowed."
        )
    if envelope.sender == ANONYMOUS:
        if envelope.public_key is not None:
            raise InvalidRequest("Signature is not allowed for the anonymous user.")
        return None
    targets = _check_signature(envelope, now, root_key)
    if targets is not None and envelope.kind != "read_state" and envelope.canister_id not in targets:
        raise InvalidRequest(f"Canister '{to_text(envelope.canister_id)}' is not one of the delegation targets.")
    return targets


def _check_expiry(expiry: int, now: int) -> None:
    latest = now + MAX_EXPIRY_AHEAD_NS
    if not now <= expiry <= latest:
        raise InvalidRequest(
            "Invalid request expiry: Specified ingress_expiry not within expected range: "
            f"Minimum allowed expiry: {moment(now)}, Maximum allowed expiry: {moment(latest)}, "
            f"Provided expiry:        {moment(expiry)}"
        )


def moment(time: int) -> str:
    """A time (ns since 1970-01-01) as the replica prints it."""
    if time >= 1 << 63:
        return f"{time}ns"
    seconds, nanoseconds = divmod(time, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{nanoseconds:09} UTC"


def _check_signature(envelope: Envelope, now: int, root_key: bytes) -> frozenset[bytes] | None:
    sender, key, signature = envelope.sender, envelope.public_key, envelope.signature
    if key is None or signature is None:
        raise InvalidRequest(f"Missing signature from user: {to_text(sender)}")
    if self_authenticating(key) != sender:
        raise InvalidRequest(f"The user id '{to_text(sender)}' does not match the public key '{key.hex()}'")
    signer, targets = _check_delegations(key, envelope.delegations, now, root_key)
    try:
        verifier(signer, root_key)(signature, REQUEST + envelope.request_id)
    except SignatureRefused as error:
        raise InvalidRequest(f"Invalid signature: {error}") from error
    return targets


def _check_delegations(
    key: bytes, chain: tuple[Delegation, ...], now: int, root_key: bytes
) -> tuple[bytes, frozenset[bytes] | None]:
    """Follow the chain from the sender's key; returns the key that signs the request, and the targets left."""
    _check_chain(key, chain, now)
    targets: frozenset[bytes] | None = None
    for delegation in chain:
        try:
            _verify_delegation(delegation, key, root_key)
        except SignatureRefused as error:
            raise _invalid_delegation(str(error)) from error
        if delegation.targets is not None:
            limited = _principals(delegation.targets)
            targets = limited if targets is None else targets & limited
        key = delegation.public_key
    return key, targets


def _check_chain(key: bytes, chain: tuple[Delegation, ...], now: int) -> None:
    """Check what needs no signature, each in all links before the next, as replicas do. Raises InvalidRequest."""
    if len(chain) > MAX_DELEGATIONS:
        raise _invalid_delegation(
            f"Chain of delegations is too long: got {len(chain)} delegations, "
            f"but at most {MAX_DELEGATIONS} are allowed."
        )
    for delegation in chain:
        if delegation.expiration < now:
            raise InvalidRequest(
                "Invalid delegation expiry: Specified sender delegation has expired:\n"
                f"Provided expiry:    {moment(delegation.expiration)}\nLocal replica time: {moment(now)}"
            )
    seen = {key}
    for delegation in chain:
        if delegation.public_key in seen:
            raise _invalid_delegation(
                "Chain of delegations contains at least one cycle: first repeating public key encountered "
                + delegation.public_key.hex()
            )
        seen.add(delegation.public_key)
    for delegation in chain:
        if len(delegation.targets or ()) > MAX_TARGETS:
            raise _invalid_targets(
                f"expected at most {MAX_TARGETS} targets per delegation, but got {len(delegation.targets or ())}"
            )


def _principals(targets: tuple[bytes, ...]) -> frozenset[bytes]:
    if any(len(target) > MAX_PRINCIPAL_BYTES for target in targets):
        raise _invalid_targets(f"Bytes is longer than {MAX_PRINCIPAL_BYTES} bytes.")
    return frozenset(targets)


@lru_cache(maxsize=4096)
def _verify_delegation(delegation: Delegation, signer: bytes, root_key: bytes) -> None:
    """Remembered, since a session shows the same delegation with each request. Raises SignatureRefused."""
    content: dict[str, Hashable] = {"pubkey": delegation.public_key, "expiration": delegation.expiration}
    if delegation.targets is not None:
        content["targets"] = delegation.targets
    verifier(signer, root_key)(delegation.signature, REQUEST_AUTH_DELEGATION + hash_of_map(content))


def _invalid_delegation(why: str) -> InvalidRequest:
    return InvalidRequest(f"Invalid delegation: {why}")


def _invalid_targets(why: str) -> InvalidRequest:
    return _invalid_delegation(f"Delegation target error: {why}")
