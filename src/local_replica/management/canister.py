"""The management canister's methods by name, and how a call of one is run."""

from collections.abc import Callable

from local_replica.management import (
    chain_keys,
    chunks,
    creation,
    http,
    info,
    install,
    lifecycle,
    nodes,
    settings,
    snapshot_loading,
    snapshot_upload,
    snapshots,
)
from local_replica.management import ingress as management_ingress
from local_replica.management.interface import Undecodable, decode_argument, encode_result
from local_replica.management.lifecycle import Deferred
from local_replica.management.rejections import BadInstallation, BadPayload, NotRouted, OnlyEndUsers, UnknownMethod
from local_replica.management.request import ManagementCall
from local_replica.messages import Call, FromCanister
from local_replica.rejections import Rejection
from local_replica.subnet import Answer, Subnet


def _raw_rand(call: ManagementCall) -> bytes:
    return call.subnet.draw_randomness()


def _fetch_logs(_: ManagementCall) -> None:
    raise OnlyEndUsers


METHODS: dict[str, Callable[[ManagementCall], object]] = {
    "create_canister": creation.create,
    "provisional_create_canister_with_cycles": creation.create_provisionally,
    "provisional_top_up_canister": creation.top_up,
    "update_settings": settings.update,
    "upload_chunk": chunks.upload,
    "clear_chunk_store": chunks.clear,
    "stored_chunks": chunks.stored,
    "install_code": install.install_code,
    "install_chunked_code": install.install_chunked_code,
    "uninstall_code": lifecycle.uninstall,
    "start_canister": lifecycle.start,
    "stop_canister": lifecycle.stop,
    "canister_status": info.status,
    "canister_info": info.info,
    "canister_metadata": info.metadata,
    "delete_canister": lifecycle.delete,
    "deposit_cycles": creation.deposit,
    "raw_rand": _raw_rand,
    "http_request": http.request,
    "fetch_canister_logs": _fetch_logs,
    "ecdsa_public_key": chain_keys.public_key,
    "sign_with_ecdsa": chain_keys.sign,
    "schnorr_public_key": chain_keys.public_key,
    "sign_with_schnorr": chain_keys.sign,
    "vetkd_public_key": chain_keys.public_key,
    "vetkd_derive_key": chain_keys.sign,
    "bitcoin_get_balance": nodes.bitcoin,
    "bitcoin_get_utxos": nodes.bitcoin,
    "bitcoin_get_block_headers": nodes.bitcoin,
    "bitcoin_get_current_fee_percentiles": nodes.bitcoin,
    "bitcoin_send_transaction": nodes.bitcoin,
    "node_metrics_history": nodes.metrics_history,
    "subnet_info": nodes.subnet_info,
    "take_canister_snapshot": snapshots.take,
    "load_canister_snapshot": snapshot_loading.load,
    "list_canister_snapshots": snapshots.listed,
    "read_canister_snapshot_metadata": snapshot_loading.metadata,
    "read_canister_snapshot_data": snapshot_loading.content,
    "upload_canister_snapshot_metadata": snapshot_upload.metadata,
    "upload_canister_snapshot_data": snapshot_upload.content,
    "delete_canister_snapshot": snapshots.delete,
    "rename_canister": lifecycle.rename,
}


SLICE_INSTRUCTIONS = 2_000_000_000
"""What an installation may take in a round before it goes on in the next."""
INSTALLING = {"install_code", "install_chunked_code"}
ROUTED_UNREAD = {
    "create_canister",
    "http_request",
    "install_code",
    "provisional_create_canister_with_cycles",
    "raw_rand",
}
"""Methods whose argument is not read to find the subnet that they concern."""


class ManagementCanister:
    """Runs calls of `aaaaa-aa` on one subnet during a round."""

    def __init__(self, subnet: Subnet, now_ns: int) -> None:
        self.subnet = subnet
        self.now_ns = now_ns

    def run(self, call: Call) -> None:
        """Run a call and answer it (a stop, or a long installation, is answered later)."""
        try:
            prepared = self._prepare(call)
        except Rejection as rejection:
            self._answer(call, rejection, call.cycles, 0)
            return
        try:
            outcome: bytes | Rejection = encode_result(call.method, METHODS[call.method](prepared))
            refund = prepared.cycles
            self._look_at_memory(prepared)
        except Deferred:
            return
        except Rejection as rejection:
            rejection.numbered = False
            outcome, refund = rejection, call.cycles
        self._answer(call, outcome, refund, prepared.instructions)

    def _look_at_memory(self, prepared: ManagementCall) -> None:
        if prepared.canister is not None:
            prepared.canister.check_low_memory()
            self.subnet.watch_tasks(prepared.canister)

    def _answer(self, call: Call, outcome: bytes | Rejection, refund: int, instructions: int) -> None:
        """Answer, in as many rounds as the instructions need; cycles that the method did not take go back."""
        management_ingress.pay_late(self.subnet, call)
        rounds = max(0, instructions - 1) // SLICE_INSTRUCTIONS
        if rounds:
            self.subnet.answer_later(rounds, Answer(call.origin, outcome, refund))
        else:
            self.subnet.answer(call.origin, b"", outcome, refund)

    def _prepare(self, call: Call) -> ManagementCall:
        if call.method not in METHODS:
            raise UnknownMethod(call.method)
        try:
            argument = decode_argument(call.method, call.arg)
        except Undecodable as error:
            raise _refusal(call, str(error)) from None
        return ManagementCall(self.subnet, call, argument, self.now_ns)


def _refusal(call: Call, text: str) -> Rejection:
    """How a call whose argument does not decode is rejected."""
    if isinstance(call.origin, FromCanister) and call.method not in ROUTED_UNREAD:
        return NotRouted.undecodable(call.method, text)
    return BadInstallation(text) if call.method in INSTALLING else BadPayload(text)
