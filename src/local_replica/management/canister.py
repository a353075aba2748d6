"""The management canister's methods by name, and how a call of one is run."""

from collections.abc import Callable

from candid import CandidError
from local_replica.management import chunks, creation, http, info, install, lifecycle, settings, snapshots
from local_replica.management import ingress as management_ingress
from local_replica.management.interface import decode_argument, encode_result
from local_replica.management.lifecycle import Deferred
from local_replica.management.rejections import BadPayload, NotRouted, OnlyEndUsers, UnknownMethod
from local_replica.management.request import ManagementCall
from local_replica.messages import Call, FromCanister
from local_replica.rejections import Rejection
from local_replica.subnet import Subnet


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
    "take_canister_snapshot": snapshots.take,
    "load_canister_snapshot": snapshots.load,
    "list_canister_snapshots": snapshots.listed,
    "read_canister_snapshot_metadata": snapshots.metadata,
    "read_canister_snapshot_data": snapshots.content,
    "delete_canister_snapshot": snapshots.delete,
}


NOT_OFFERED = {
    "bitcoin_get_balance",
    "bitcoin_get_utxos",
    "bitcoin_send_transaction",
    "ecdsa_public_key",
    "node_metrics_history",
    "schnorr_public_key",
    "sign_with_ecdsa",
    "sign_with_schnorr",
    "subnet_info",
    "vetkd_derive_key",
    "vetkd_public_key",
}
"""Methods of the specification that need nodes, keys or other networks."""
ROUTED_UNREAD = {"create_canister", "install_code", "provisional_create_canister_with_cycles", "raw_rand"}
"""Methods whose argument is not read to find the subnet that they concern."""


class ManagementCanister:
    """Runs calls of `aaaaa-aa` on one subnet during a round."""

    def __init__(self, subnet: Subnet, now_ns: int) -> None:
        self.subnet = subnet
        self.now_ns = now_ns

    def run(self, call: Call) -> None:
        """Run a call and answer it (a stop is answered later). Cycles that the method does not take go back."""
        refund = call.cycles
        try:
            prepared = self._prepare(call)
            result = METHODS[call.method](prepared)
            outcome: bytes | Rejection = encode_result(call.method, result)
            refund = prepared.cycles
        except Deferred:
            return
        except Rejection as rejection:
            outcome = rejection
        management_ingress.pay_late(self.subnet, call)
        self.subnet.answer(call.origin, b"", outcome, refund)

    def _prepare(self, call: Call) -> ManagementCall:
        if call.method not in METHODS:
            raise (
                NotRouted(call.method, "not offered here") if call.method in NOT_OFFERED else UnknownMethod(call.method)
            )
        try:
            argument = decode_argument(call.method, call.arg)
        except CandidError as error:
            if isinstance(call.origin, FromCanister) and call.method not in ROUTED_UNREAD:
                raise NotRouted(call.method, f"Error decoding candid: {error}") from None
            raise BadPayload(str(error)) from None
        return ManagementCall(self.subnet, call, argument, self.now_ns)
