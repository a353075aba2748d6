"""Which paths of the state tree a client may read (interface specification, "Request: Read state")."""

from collections.abc import Iterable

from candid.principal import to_text
from local_replica.certification.witness import Path
from local_replica.http.authentication import authenticate
from local_replica.http.envelope import Envelope
from local_replica.http.errors import Forbidden, InvalidRequest, NoSuchPath
from local_replica.node import Chain

MAX_PATHS = 1000
MAX_LABELS = 127

_REQUEST_LEAVES = (b"status", b"reply", b"reject_code", b"reject_message", b"error_code")
_SUBNET_LEAVES = (b"public_key", b"canister_ranges", b"node")


def check_size(paths: tuple[Path, ...]) -> None:
    """Check number and depth of paths. Raises InvalidRequest."""
    if len(paths) > MAX_PATHS:
        raise InvalidRequest(
            f"Too many paths in read state request: got {len(paths)} paths, but at most {MAX_PATHS} are allowed."
        )
    deepest = max(map(len, paths), default=0)
    if deepest > MAX_LABELS:
        raise InvalidRequest(
            "At least one path in read state request is too deep: "
            f"got {deepest} labels, but at most {MAX_LABELS} are allowed."
        )


def check_canister_paths(chain: Chain, envelope: Envelope, effective: bytes) -> None:
    """Authenticate a request at a canister's address and check its paths. Raises HttpError."""
    targets = authenticate(envelope, chain.replica.time_ns, chain.certifier.root_key)
    check_size(envelope.paths)
    requests: list[bytes] = []
    for path in envelope.paths:
        match path:
            case (b"time",) | (b"api_boundary_nodes",) | (b"subnet",) | (b"subnet", _):
                pass
            case (b"api_boundary_nodes", _) | (b"api_boundary_nodes", _, _):
                pass
            case (b"subnet", _, leaf) if leaf in _SUBNET_LEAVES:
                pass
            case (b"subnet", _, b"node", _) | (b"subnet", _, b"node", _, b"public_key"):
                pass
            case (b"canister", canister_id, b"controllers" | b"module_hash"):
                _check_effective(canister_id, effective)
            case (b"canister", canister_id, b"metadata", name):
                _check_effective(canister_id, effective)
                _check_metadata(chain, envelope.sender, canister_id, name)
            case (b"request_status", request_id):
                requests.append(request_id)
            case (b"request_status", request_id, leaf) if leaf in _REQUEST_LEAVES:
                requests.append(request_id)
            case _:
                raise NoSuchPath
    _check_requests(chain, envelope.sender, requests, targets)


def check_subnet_paths(chain: Chain, envelope: Envelope) -> None:
    """Authenticate a request at a subnet's address and check its paths. Raises HttpError."""
    authenticate(envelope, chain.replica.time_ns, chain.certifier.root_key)
    check_size(envelope.paths)
    for path in envelope.paths:
        match path:
            case (b"time",) | (b"api_boundary_nodes", *_) | (b"subnet",) | (b"subnet", _) | (b"canister_ranges", _):
                pass
            case (b"subnet", _, leaf) if leaf in (*_SUBNET_LEAVES, b"metrics"):
                pass
            case (b"subnet", _, b"node", _) | (b"subnet", _, b"node", _, b"public_key"):
                pass
            case _:
                raise NoSuchPath


def _check_effective(canister_id: bytes, effective: bytes) -> None:
    if canister_id != effective:
        raise InvalidRequest(
            f"Effective principal id in URL {to_text(effective)} does not match "
            f"requested principal id: {to_text(canister_id)}."
        )


def _check_metadata(chain: Chain, sender: bytes, canister_id: bytes, raw_name: bytes) -> None:
    try:
        name = raw_name.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            "Could not parse the custom section name: "
            f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}."
        ) from error
    section = chain.metadata(canister_id).get(name)
    canister = chain.replica.canister(canister_id)
    if section is not None and canister is not None and not section.is_public and sender not in canister.controllers:
        raise Forbidden(f"Custom section {name} can only be requested by the controllers of the canister.")


def _check_requests(
    chain: Chain, sender: bytes, request_ids: Iterable[bytes], targets: frozenset[bytes] | None
) -> None:
    different = list(dict.fromkeys(request_ids))
    for request_id in different:
        if len(request_id) != 32:
            raise InvalidRequest("Invalid request id in paths. Maybe the request ID is not of 32 bytes in length?!")
    if len(different) > 1:
        raise InvalidRequest(
            "More than one non-unique request ID exists in request_status paths: "
            f"0x{different[0].hex()} and 0x{different[1].hex()}."
        )
    for request_id in different:
        status = chain.replica.ingress_status(request_id)
        if status is None:
            continue
        if status.sender != sender:
            raise Forbidden("The user tries to access Request ID not signed by the caller.")
        if targets is not None and status.canister_id not in targets:
            raise Forbidden(
                "The user tries to access request IDs for canisters not belonging to sender delegation targets."
            )
