"""Fees in cycles ("Cycles costs" of the Internet Computer's documentation): those of 13 nodes, scaled to a subnet's."""

from dataclasses import dataclass

REFERENCE_NODES = 13
UPDATE_EXECUTION = 5_000_000
INSTRUCTION = 1
INSTRUCTION_64 = 2
"""In a module with a 64-bit memory."""
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
GIB = 1024**3
SECONDS_PER_DAY = 86_400

MAX_RESPONSE_BYTES = 2 * 1024 * 1024
MAX_HTTP_RESPONSE_BYTES = 2_000_000
MAX_INSTRUCTIONS = 40_000_000_000
MAX_INSTALL_INSTRUCTIONS = 300_000_000_000
_DAY_NS = SECONDS_PER_DAY * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Fees:
    """What things cost on a subnet of so many nodes; nothing where canisters pay nothing."""

    nodes: int = REFERENCE_NODES
    is_free: bool = False
    message_instructions: int = MAX_INSTRUCTIONS
    """What a message may take, and so is paid ahead."""

    def _scaled(self, amount: int) -> int:
        return 0 if self.is_free else amount * self.nodes // REFERENCE_NODES

    def execution(self, instructions: int, *, is_64: bool = False) -> int:
        """One replicated message: the base fee and its instructions."""
        return self._scaled(UPDATE_EXECUTION + instructions * (INSTRUCTION_64 if is_64 else INSTRUCTION))

    def instructions(self, instructions: int, *, is_64: bool = False) -> int:
        """Instructions that are part of another message."""
        return self._scaled(instructions * (INSTRUCTION_64 if is_64 else INSTRUCTION))

    def prepaid_execution(self, *, is_64: bool = False) -> int:
        """What a message must be able to pay before it runs."""
        return self.execution(self.message_instructions, is_64=is_64)

    def prepaid_transmission(self) -> int:
        """The largest response's transmission."""
        return self._scaled(MAX_RESPONSE_BYTES * CALL_BYTE)

    def ingress(self, size_bytes: int) -> int:
        """Reception of an ingress message whose signed envelope has that many bytes."""
        return self._scaled(INGRESS_RECEPTION) + self._scaled(INGRESS_BYTE) * size_bytes

    def call(self, payload_bytes: int, *, is_64: bool = False) -> int:
        """What a call withholds: its transmission, and prepaid the response's transmission and the callback's run.

        `payload_bytes` are those of method name and argument.
        """
        sent = self._scaled(CALL) + self._scaled(payload_bytes * CALL_BYTE)
        return sent + self.prepaid_transmission() + self.prepaid_execution(is_64=is_64)

    def transmission(self, response_bytes: int) -> int:
        """The transmission of a response, out of what was prepaid."""
        return self._scaled(min(response_bytes, MAX_RESPONSE_BYTES) * CALL_BYTE)

    def create_canister(self) -> int:
        """Creating a canister."""
        return self._scaled(CREATE_CANISTER)

    def http_request(self, request_bytes: int, max_response_bytes: int | None) -> int:
        """An HTTPS outcall; without a limit the response counts as the largest possible."""
        if self.is_free:
            return 0
        response_bytes = MAX_HTTP_RESPONSE_BYTES if max_response_bytes is None else max_response_bytes
        bytes_fee = HTTP_REQUEST_BYTE_NODE * request_bytes + HTTP_RESPONSE_BYTE_NODE * response_bytes
        return (HTTP_REQUEST + HTTP_REQUEST_NODE * self.nodes + bytes_fee) * self.nodes

    # existing

    def storage_per_day(self, size_bytes: int) -> int:
        """Holding that many bytes for a day."""
        return self._scaled(size_bytes * STORAGE_GIB_SECOND * SECONDS_PER_DAY // GIB)

    def storage_seconds(self, size_bytes: int, seconds: int) -> int:
        """Holding that many bytes for so many seconds."""
        return self._scaled(size_bytes * STORAGE_GIB_SECOND * seconds // GIB)

    def compute_allocation_per_day(self, percent: int) -> int:
        """Keeping a share of a core for a day."""
        return self._scaled(percent * COMPUTE_PERCENT_SECOND * SECONDS_PER_DAY)

    def compute_allocation(self, percent: int, duration_ns: int) -> int:
        """Keeping a share of a core for that long."""
        return self.compute_allocation_per_day(percent) * duration_ns // _DAY_NS


@dataclass(frozen=True, slots=True)
class PublishedCosts:
    """The answers of `ic0.cost_*` on a subnet."""

    fees: Fees
    is_64: bool = False

    def call(self, method_name_bytes: int, payload_bytes: int) -> int:
        return self.fees.call(method_name_bytes + payload_bytes, is_64=self.is_64)

    def create_canister(self) -> int:
        return self.fees.create_canister()

    def http_request(self, request_bytes: int, max_response_bytes: int) -> int:
        return self.fees.http_request(request_bytes, max_response_bytes)

    def sign_with_ecdsa(self, key_name: str, curve: int) -> int:  # noqa: ARG002 - no key exists, whatever its name
        return _no_key(curve, 1)

    def sign_with_schnorr(self, key_name: str, algorithm: int) -> int:  # noqa: ARG002 - as above
        return _no_key(algorithm, 2)

    def vetkd_derive_key(self, key_name: str, curve: int) -> int:  # noqa: ARG002 - as above
        return _no_key(curve, 1)


def _no_key(kind: int, kinds: int) -> int:
    """A known curve or algorithm has no key of any name (2); others are unknown (1)."""
    raise LookupError(2 if kind < kinds else 1)
