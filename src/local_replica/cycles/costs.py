"""Fees of a 13-node application subnet in cycles ("Cycles costs" of the Internet Computer's documentation)."""

UPDATE_EXECUTION = 5_000_000
INSTRUCTION = 1
INGRESS_RECEPTION = 1_200_000
INGRESS_BYTE = 2_000
CALL = 260_000
CALL_BYTE = 1_000
CREATE_CANISTER = 500_000_000_000
STORAGE_GIB_SECOND = 127_000
COMPUTE_PERCENT_SECOND = 10_000_000
HTTP_REQUEST = 3_000_000
HTTP_REQUEST_NODE = 60_000
HTTP_REQUEST_BYTE_NODE = 400
HTTP_RESPONSE_BYTE_NODE = 800
CHUNK_INSTRUCTIONS = 200_000_000
SNAPSHOT_INSTRUCTIONS = 2_000_000_000
NODES = 13
GIB = 1024**3
SECONDS_PER_DAY = 86_400

MAX_RESPONSE_BYTES = 2 * 1024 * 1024
MAX_INSTRUCTIONS = 40_000_000_000
MAX_INSTALL_INSTRUCTIONS = 300_000_000_000


def execution(instructions: int) -> int:
    """One replicated message: the base fee and its instructions."""
    return UPDATE_EXECUTION + instructions * INSTRUCTION


EXECUTION_PREPAID = execution(MAX_INSTRUCTIONS)
TRANSMISSION_PREPAID = MAX_RESPONSE_BYTES * CALL_BYTE


def ingress(size_bytes: int) -> int:
    """Reception of an ingress message whose signed envelope has that many bytes."""
    return INGRESS_RECEPTION + size_bytes * INGRESS_BYTE


def call(payload_bytes: int) -> int:
    """What a call withholds: its transmission, and prepaid the response's transmission and the callback's execution.

    `payload_bytes` are those of method name and argument.
    """
    return CALL + payload_bytes * CALL_BYTE + TRANSMISSION_PREPAID + EXECUTION_PREPAID


def transmission(response_bytes: int) -> int:
    """The transmission of a response, out of what was prepaid."""
    return min(response_bytes, MAX_RESPONSE_BYTES) * CALL_BYTE


_DAY_NS = SECONDS_PER_DAY * 1_000_000_000


def storage(size_bytes: int, duration_ns: int) -> int:
    """Holding that many bytes for that long, by the rate of a day."""
    return _storage_per_day(size_bytes) * duration_ns // _DAY_NS


def _storage_per_day(size_bytes: int) -> int:
    return size_bytes * STORAGE_GIB_SECOND * SECONDS_PER_DAY // GIB


def compute_allocation(percent: int, duration_ns: int) -> int:
    """Keeping a share of a core for that long."""
    return percent * COMPUTE_PERCENT_SECOND * duration_ns // 1_000_000_000


def idle_per_day(size_bytes: int, percent: int) -> int:
    """What a canister pays a day for doing nothing."""
    return _storage_per_day(size_bytes) + percent * COMPUTE_PERCENT_SECOND * SECONDS_PER_DAY


def freezing_limit(size_bytes: int, percent: int, threshold_s: int, reserved: int) -> int:
    """The balance that must remain for the canister to stay active."""
    return max(0, idle_per_day(size_bytes, percent) * threshold_s // SECONDS_PER_DAY - reserved)


MAX_HTTP_RESPONSE_BYTES = 2_000_000


def http_request(request_bytes: int, max_response_bytes: int | None, nodes: int = NODES) -> int:
    """An HTTPS outcall; without a limit the response counts as the largest possible."""
    response_bytes = MAX_HTTP_RESPONSE_BYTES if max_response_bytes is None else max_response_bytes
    bytes_fee = HTTP_REQUEST_BYTE_NODE * request_bytes + HTTP_RESPONSE_BYTE_NODE * response_bytes
    return (HTTP_REQUEST + HTTP_REQUEST_NODE * nodes + bytes_fee) * nodes


class PublishedCosts:
    """The answers of `ic0.cost_*`."""

    def call(self, method_name_bytes: int, payload_bytes: int) -> int:
        return call(method_name_bytes + payload_bytes)

    def create_canister(self) -> int:
        return CREATE_CANISTER

    def http_request(self, request_bytes: int, max_response_bytes: int) -> int:
        return http_request(request_bytes, max_response_bytes)

    def sign_with_ecdsa(self, key_name: str, curve: int) -> int:  # noqa: ARG002 - no key exists, whatever its name
        return _no_key(curve)

    def sign_with_schnorr(self, key_name: str, algorithm: int) -> int:  # noqa: ARG002 - as above
        return _no_key(algorithm)

    def vetkd_derive_key(self, key_name: str, curve: int) -> int:  # noqa: ARG002 - as above
        return _no_key(curve)


def _no_key(curve: int) -> int:
    raise LookupError(2 if curve == 0 else 1)
