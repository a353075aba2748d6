"""The management canister's methods by name, and how a call of one is run."""

from collections import deque
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
    routing,
    settings,
    snapshot_loading,
    snapshot_upload,
    snapshots,
)
from local_replica.management import ingress as management_ingress
from local_replica.management.interface import Undecodable, decode_argument, encode_result, target_of
from local_replica.management.lifecycle import Deferred
from local_replica.management.rejections import (
    BadPayload,
    OnlyEndUsers,
    UnknownMethod,
)
from local_replica.management.request import ManagementCall
from local_replica.messages import Call
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


class ManagementCanister:
    """Runs calls of `aaaaa-aa` on one subnet during a round."""

    def __init__(self, subnet: Subnet, now_ns: int) -> None:
        self.subnet = subnet
        self.now_ns = now_ns

    def run_all(self, calls: deque[Call]) -> int:
        """Run calls in their order until none is left, installations beside each other; returns their number."""
        ran = 0
        while calls:
            together = _together(calls)
            tasks = [_Task(self.subnet, call, self.now_ns) for call in together]
            for task in tasks:
                task.begin()
            self.subnet.network.crew.run([task.work for task in tasks])
            for task in tasks:
                task.finish()
            ran += len(tasks)
        return ran


def _together(calls: deque[Call]) -> list[Call]:
    """The next call; where it installs, the ones behind it too that install into other canisters."""
    together = [calls.popleft()]
    targets: set[bytes | None] = set()
    while calls and together[-1].method in INSTALLING and calls[0].method in INSTALLING:
        targets.add(target_of(together[-1].method, together[-1].arg))
        target = target_of(calls[0].method, calls[0].arg)
        if target in targets:
            break
        together.append(calls.popleft())
    return together


class _Task:
    """A call: begun and finished one after the other, worked on beside others."""

    def __init__(self, subnet: Subnet, call: Call, now_ns: int) -> None:
        self._subnet = subnet
        self._call = call
        self._now_ns = now_ns
        self._prepared: ManagementCall | None = None
        self._result: object = None
        self._outcome: bytes | Rejection | None = None
        self._is_deferred = False

    def begin(self) -> None:
        """Run the method, an installation up to where its canister runs."""
        try:
            self._prepared = _prepare(self._subnet, self._call, self._now_ns)
        except Rejection as rejection:
            self._outcome = rejection
            return
        try:
            self._result = METHODS[self._call.method](self._prepared)
        except Deferred:
            self._is_deferred = True
        except Rejection as rejection:
            rejection.numbered = False
            self._outcome = rejection

    def work(self) -> None:
        """Run the canister that is installed."""
        if isinstance(self._result, install.Installation):
            self._result.place()

    def finish(self) -> None:
        """Answer the call (a stop, or a long installation, is answered later)."""
        if self._is_deferred:
            return
        if self._outcome is None:
            self._outcome = self._succeeded()
        prepared, instructions, refund = self._prepared, 0, self._call.cycles
        if prepared is not None:
            instructions = prepared.instructions
            refund = self._call.cycles if isinstance(self._outcome, Rejection) else prepared.cycles
        self._answer(self._outcome, refund, instructions)

    def _succeeded(self) -> bytes | Rejection:
        result, prepared = self._result, self._prepared
        try:
            if isinstance(result, install.Installation):
                result.finish()
                result = None
        except Rejection as rejection:
            rejection.numbered = False
            return rejection
        if prepared is not None and prepared.canister is not None:
            prepared.canister.check_low_memory()
            self._subnet.watch_tasks(prepared.canister)
        return encode_result(self._call.method, result)

    def _answer(self, outcome: bytes | Rejection, refund: int, instructions: int) -> None:
        """Answer, in as many rounds as the instructions need; cycles that the method did not take go back."""
        management_ingress.pay_late(self._subnet, self._call)
        rounds = max(0, instructions - 1) // SLICE_INSTRUCTIONS
        if rounds:
            self._subnet.answer_later(rounds, Answer(self._call.origin, outcome, refund))
        else:
            self._subnet.answer(self._call.origin, b"", outcome, refund)


def _prepare(subnet: Subnet, call: Call, now_ns: int) -> ManagementCall:
    if call.method in routing.BITCOIN_INTERNAL:
        raise Rejection("Permission denied.")
    if call.method not in METHODS:
        raise UnknownMethod(call.method)
    try:
        argument = decode_argument(call.method, call.arg)
    except Undecodable as error:
        raise BadPayload(str(error)) from None
    return ManagementCall(subnet, call, argument, now_ns)
