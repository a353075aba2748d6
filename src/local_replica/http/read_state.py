"""Which paths of the state tree a client may read (interface specification, "Request: Read state")."""

from collections.abc import Sequence

from candid.principal import to_text
from local_replica.certification.witness import Path
from local_replica.http.authentication import authenticate
from local_replica.http.envelope import Envelope
from local_replica.http.errors import Forbidden, InvalidRequest, NoSuchPath
from local_replica.http.principals import MAX_PRINCIPAL_BYTES
from local_replica.node import Chain

MAX_PATHS = 1000
MAX_LABELS = 127

_REQUEST_LEAVES = (b"status", b"reply", b"reject_code", b"reject_message", b"error_code")
_SUBNET_LEAVES = (b"public_key", b"canister_ranges", b"node")
_BOUNDARY_LEAVES = (b"domain", b"ipv4_address", b"ipv6_address")


def check_size(paths: tuple[Path, ...]) -> None:
    """Check number and depth of paths. Raises InvalidRequest."""
    if len(paths) > MAX_PATHS:
        raise InvalidRequest(
            f"Too many paths in read state request: got {len(paths)} paths, but at most {MAX_PATHS} are allowed."
        )
    for path in paths:
        if len(path) > MAX_LABELS:
            raise InvalidRequest(
                "At least one path in read state request is too deep: "
                f"got {len(path)} labels, but at most {MAX_LABELS} are allowed."
            )


def check_canister_paths(chain: Chain, envelope: Envelope, effective: bytes) -> None:
    """Authenticate a request at a canister's address and check its paths. Raises HttpError."""
    check_size(envelope.paths)
    targets = authenticate(envelope, chain.replica.time_ns, chain.certifier.root_key)
    asked: list[bytes] = []
    for path in envelope.paths:
        match path:
            case (b"time",) | (b"subnet",) | (b"subnet", _):
                pass
            case (b"api_boundary_nodes", *rest) if _is_boundary_node(rest):
                pass
            case (b"subnet", _, leaf) if leaf in _SUBNET_LEAVES:
                pass
            case (b"subnet", _, b"node", _) | (b"subnet", _, b"node", _, b"public_key"):
                pass
            case (b"canister", canister_id, b"controllers" | b"module_hash"):
                _check_effective(canister_id, effective)
            case (b"canister", canister_id, b"metadata", raw_name):
                name = _section_name(raw_name)
                _check_effective(canister_id, effective)
                _check_metadata(chain, envelope.sender, canister_id, name)
            case (b"request_status", request_id):
                _check_request(chain, envelope.sender, request_id, asked, targets)
            case (b"request_status", request_id, leaf) if leaf in _REQUEST_LEAVES:
                _check_request(chain, envelope.sender, request_id, asked, targets)
            case _:
                raise NoSuchPath


def check_subnet_paths(chain: Chain, envelope: Envelope, effective: bytes) -> None:
    """Authenticate a request at the address of the subnet `effective` and check its paths. Raises HttpError."""
    check_size(envelope.paths)
    authenticate(envelope, chain.replica.time_ns, chain.certifier.root_key)
    for path in envelope.paths:
        match path:
            case (b"time",) | (b"subnet",) | (b"subnet", _) | (b"canister_ranges", _):
                pass
            case (b"api_boundary_nodes", *rest) if _is_boundary_node(rest):
                pass
            case (b"subnet", _, leaf) if leaf in _SUBNET_LEAVES:
                pass
            case (b"subnet", subnet_id, b"metrics"):
                _check_effective(subnet_id, effective)
            case (b"subnet", _, b"node", _) | (b"subnet", _, b"node", _, b"public_key"):
                pass
            case _:
                raise NoSuchPath


def _is_boundary_node(rest: Sequence[bytes]) -> bool:
    """Whether what follows `api_boundary_nodes` is nothing, a node, or what is told of one."""
    return len(rest) < 2 or (len(rest) == 2 and rest[1] in _BOUNDARY_LEAVES)


def _check_effective(principal: bytes, effective: bytes) -> None:
    if len(principal) > MAX_PRINCIPAL_BYTES:
        raise InvalidRequest(f"Could not parse principal ID: Bytes is longer than {MAX_PRINCIPAL_BYTES} bytes..")
    if principal != effective:
        raise InvalidRequest(
            f"Effective principal id in URL {to_text(effective)} does not match "
            f"requested principal id: {to_text(principal)}."
        )


def _section_name(raw_name: bytes) -> str:
    try:
        return raw_name.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            "Could not parse the custom section name: "
            f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}."
        ) from error


def _check_metadata(chain: Chain, sender: bytes, canister_id: bytes, name: str) -> None:
    section = chain.metadata(canister_id).get(name)
    canister = chain.replica.canister(canister_id)
    if section is not None and canister is not None and not section.is_public and sender not in canister.controllers:
        raise Forbidden(f"Custom section {name:.100} can only be requested by the controllers of the canister.")


def _check_request(
    chain: Chain, sender: bytes, request_id: bytes, asked: list[bytes], targets: frozenset[bytes] | None
) -> None:
    """Check one request id; `asked` holds the one that earlier paths named, if any did. Raises HttpError."""
    if len(request_id) != 32:
        raise InvalidRequest("Invalid request id in paths. Maybe the request ID is not of 32 bytes in length?!")
    if asked and asked[0] != request_id:
        raise InvalidRequest(
            "More than one non-unique request ID exists in request_status paths: "
            f"0x{asked[0].hex()} and 0x{request_id.hex()}."
        )
    asked[:] = [request_id]
    status = chain.replica.ingress_status(request_id)
    if status is None:
        return
    if status.sender != sender:
        raise Forbidden("The user tries to access Request ID not signed by the caller.")
    if targets is not None and status.canister_id not in targets:
        raise Forbidden(
            "The user tries to access request IDs for canisters not belonging to sender delegation targets."
        )
